/** Completes what is being typed: keywords, tables, and columns of the tables that the line speaks of. */
import type { VisibleTable } from '../../sql/index.ts';

const WORDS = ['select', 'from', 'where', 'group by', 'order by', 'limit', 'join', 'left join', 'on', 'using', 'with']
  .concat(['having', 'distinct', 'count(*)', 'sum(', 'avg(', 'max(', 'min(', 'as', 'and', 'or', 'not', 'in', 'like'])
  .concat(['is null', 'is not null', 'case when', 'explain', 'desc', '\\d', '\\x', '\\timing', '\\q', '\\?']);

export function completer(tables: readonly VisibleTable[]): (line: string) => [string[], string] {
  return (line) => {
    const word = /[\w.\\]*$/.exec(line)![0];
    const candidates = candidatesFor(line.slice(0, line.length - word.length), tables);
    return [candidates.filter((candidate) => candidate.startsWith(word.toLowerCase())), word];
  };
}

function candidatesFor(before: string, tables: readonly VisibleTable[]): readonly string[] {
  const names = tables.filter(({ alias }) => !alias).map(nameOf);
  if (/\b(from|join|\\d\+?)\s+$/i.test(before)) return names;
  const spoken = tables.filter((table) => new RegExp(`\\b${table.name}\\b`, 'i').test(before));
  const columns = (spoken.length > 0 ? spoken : tables).flatMap((table) => table.columns.map(({ name }) => name));
  return [...new Set([...columns, ...names, ...WORDS])];
}

function nameOf({ schema, name }: VisibleTable): string {
  return schema === 'k8s' ? name : `${schema}.${name}`;
}
