/** From a list and what the reader asks of it to SQL. Values travel as parameters; names only if the list has them. */
import { Problem } from '../problem.ts';
import type { List } from './list.ts';

export interface ListQuestion {
  readonly search?: string;
  /** `column:value`, all of which must hold; an empty value asks for rows without one. */
  readonly filters: readonly string[];
  readonly sort?: string;
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
}

export interface ListStatement {
  readonly rows: string;
  readonly count: string;
  /** `$1`, `$2` … of both. */
  readonly parameters: readonly string[];
}

/** @throws Problem `bad-field` that names what the list cannot do */
export function listStatement(list: List, question: ListQuestion, has: (table: string) => boolean): ListStatement {
  const from = typeof list.from === 'string' ? list.from : list.from(has);
  const parameters: string[] = [];
  const value = (text: string) => `$${parameters.push(text)}`;
  const conditions = [...searchOf(list, question.search, value), ...filtersOf(list, question.filters, value)];
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : '';
  const columns = Object.entries(list.columns).map(([name, { sql }]) => `${sql} AS "${name}"`);
  const start = (question.page - 1) * question.pageSize;
  return {
    rows:
      `SELECT ${columns.join(', ')} FROM ${from}${where} ORDER BY ${orderOf(list, question.sort ?? list.sort)} ` +
      `LIMIT ${question.pageSize} OFFSET ${start}`,
    count: `SELECT count(*) FROM ${from}${where}`,
    parameters,
  };
}

/** Every word must be found in some column. */
function searchOf(list: List, search: string | undefined, value: (text: string) => string): string[] {
  const words = search?.trim().toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8) ?? [];
  const searched = Object.values(list.columns).filter((column) => column.search);
  return words.map((word) => {
    const parameter = value(word);
    return `(${searched.map(({ sql }) => `contains(lower(${sql}), ${parameter})`).join(' OR ')})`;
  });
}

function filtersOf(list: List, filters: readonly string[], value: (text: string) => string): string[] {
  const byColumn = Map.groupBy(filters.map(splitFilter), ({ column }) => column);
  return [...byColumn].map(([name, values]) => {
    const column = list.columns[name];
    if (!column?.filter) throw unknown('filter', name, filterable(list));
    const wanted = values.map((one) => value(one.value)).join(', ');
    return `coalesce(CAST(${column.sql} AS VARCHAR), '') IN (${wanted})`;
  });
}

function splitFilter(filter: string): { column: string; value: string } {
  const colon = filter.indexOf(':');
  if (colon < 1) throw new Problem('bad-field', { fields: [{ field: 'filter', fault: 'column:value' }] });
  return { column: filter.slice(0, colon), value: filter.slice(colon + 1) };
}

function orderOf(list: List, sort: string): string {
  const [name, way] = sort.startsWith('-') ? [sort.slice(1), 'DESC NULLS LAST'] : [sort, 'ASC NULLS LAST'];
  if (!list.columns[name]) throw unknown('sort', name, Object.keys(list.columns));
  const ties = list.key.filter((key) => key !== name).map((key) => `"${key}"`);
  return [`"${name}" ${way}`, ...ties].join(', ');
}

function filterable(list: List): string[] {
  return Object.entries(list.columns).flatMap(([name, column]) => (column.filter ? [name] : []));
}

function unknown(field: string, name: string, known: readonly string[]): Problem {
  return new Problem('bad-field', { fields: [{ field, fault: `${name}: ${known.join(', ')}` }] });
}
