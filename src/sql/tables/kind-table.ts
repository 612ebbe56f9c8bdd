/** A kind of object as tables: one row an object, and child tables for the lists in it. */
import type { KubeObject, ResourceType } from '../../kube/index.ts';
import type { Column } from './column.ts';

export interface ChildTable<T, R> {
  readonly name: string;
  readonly doc: string;
  readonly rows: (object: T) => readonly R[];
  readonly columns: readonly Column<R>[];
}

export interface KindTable<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  readonly doc: string;
  readonly columns: readonly Column<T>[];
  readonly children: readonly ChildTable<T, unknown>[];
  /** Whether `spec` and `status` are kept as JSON. */
  readonly documents: boolean;
}

interface KindOptions<T> {
  readonly doc: string;
  readonly columns: readonly Column<T>[];
  readonly children?: readonly ChildTable<T, unknown>[];
  /** @default true */
  readonly documents?: boolean;
}

export function kindTable<T extends KubeObject>(type: ResourceType<T>, o: KindOptions<T>): KindTable {
  const { doc, columns, children = [], documents = true } = o;
  return { type, doc, columns, children, documents } as unknown as KindTable;
}

/** Lets a child table's columns be checked against its rows, whatever the others' are. */
export function childTable<T extends KubeObject, R>(
  name: string,
  doc: string,
  rows: (object: T) => readonly R[] | undefined,
  columns: readonly Column<R>[],
): ChildTable<T, unknown> {
  return { name, doc, rows: (object: T) => rows(object) ?? [], columns } as unknown as ChildTable<T, unknown>;
}
