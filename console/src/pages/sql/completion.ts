/** What may stand where somebody types: tables, columns of those that are spoken of, and SQL's own words. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { SQLNamespace } from '@codemirror/lang-sql';
import type { SqlTable } from '../../api/sql.ts';

/** Tables with their columns: those of schema `k8s` by their names alone. */
export function namespaceOf(tables: readonly SqlTable[]): SQLNamespace {
  const bySchema = Map.groupBy(tables, ({ schema }) => schema);
  const schemas = [...bySchema].map(([schema, of]) => [schema, Object.fromEntries(of.map(entry))] as const);
  const { k8s = {}, ...others } = Object.fromEntries(schemas);
  return { ...k8s, ...others, k8s };
}

function entry(table: SqlTable): [string, SQLNamespace] {
  const { name, doc, alias } = table;
  const self: Completion = { label: name, type: 'class', detail: doc, boost: alias ? -50 : 0 };
  return [name, { self, children: table.columns.map(columnCompletion) }];
}

/** Columns without their table's name, of the tables that the text names. */
export function columnsSpokenOf(tables: readonly SqlTable[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[\w$]+$/);
    if (!word && !context.explicit) return null;
    const from = word?.from ?? context.pos;
    if (context.state.sliceDoc(from - 1, from) === '.') return null;
    const said = new Set(
      context.state.doc
        .toString()
        .toLowerCase()
        .match(/[\w$]+/g),
    );
    const spoken = tables.filter(({ name, alias }) => said.has(name) && !alias);
    const columns = new Map(spoken.flatMap((table) => table.columns.map((column) => [column.name, column])));
    return { from, options: [...columns.values()].map(columnCompletion), validFor: /^[\w$]*$/ };
  };
}

function columnCompletion({ name, type, unit, doc }: SqlTable['columns'][number]): Completion {
  return {
    label: name,
    type: 'property',
    detail: unit ? `${type.toLowerCase()}, ${unit}` : type.toLowerCase(),
    info: doc,
  };
}
