/** Columns that many kinds print alike, and how labels and selectors look in a cell. */
import { selectorOf } from '../../../kube/index.ts';
import type { Column, Json } from '../definition.ts';
import { since } from './human-duration.ts';

type Cell = Column['cell'];

export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name, unique within its namespace, or in the cluster where the kind has none.',
  cell: (o) => o.metadata.name ?? '',
};

export const ageColumn: Column = text('Age', (o, now) => since(o.metadata.creationTimestamp, now), {
  description: 'How long ago the object was created.',
});

/** For kinds that Kubernetes prints with the time of creation itself. */
export const createdAtColumn: Column = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  cell: (o) => o.metadata.creationTimestamp ?? null,
};

export function text(name: string, cell: Cell, more: Partial<Column> = {}): Column {
  return { name, type: 'string', ...more, cell };
}

export function integer(name: string, cell: Cell, more: Partial<Column> = {}): Column {
  return { name, type: 'integer', ...more, cell };
}

export function wide(name: string, cell: Cell): Column {
  return text(name, cell, { priority: 1 });
}

/** The names and images of a Pod template's containers, for `-o wide`. */
export function containerColumns(template: (object: Json) => Json): Column[] {
  const containers = (o: Json): Json[] => template(o)?.spec?.containers ?? [];
  return [
    wide('Containers', (o) => joined(containers(o).map((c) => c.name))),
    wide('Images', (o) => joined(containers(o).map((c) => c.image ?? ''))),
  ];
}

export const selectorColumn: Column = wide('Selector', (o) => labelSelectorText(o.spec.selector));

export function joined(parts: readonly string[]): string {
  return parts.join(',');
}

/** `a=b,c=d` in the order of the keys, `<none>` when there are none. */
export function labelsText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

export function labelSelectorText(selector: Json): string {
  return selectorOf(selector).toString() || '<none>';
}

/** The first three, then how many more. */
export function firstThree(parts: readonly string[], none = '<none>'): string {
  if (parts.length === 0) return none;
  return parts.length <= 3 ? joined(parts) : `${joined(parts.slice(0, 3))} + ${parts.length - 3} more...`;
}
