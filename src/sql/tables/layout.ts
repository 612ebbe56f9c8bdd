/** How a kind lies in the store: physical tables, the SQL that keeps them, and how an object becomes rows. */
import type { KubeObject, ResourceType } from '../../kube/index.ts';
import type { Cell, Column, ColumnFacts } from './column.ts';
import { columnsOf, ownerColumns, type Sighting } from './common-columns.ts';
import type { KindTable } from './kind-table.ts';
import { longName, shortName } from './table-name.ts';

/** Where live tables are: a database of its own beside the users' views. */
export const STORE = 'store.k8s';
/** Names the object that a row is of, in its table and in the tables of its parts. */
export const KEY = '_k';

export interface LaidTable {
  /** Unique in the store. */
  readonly name: string;
  /** What users call it, if nobody else has that name. */
  readonly shortName: string;
  readonly doc: string;
  readonly columns: readonly ColumnFacts[];
  /** Whose rights decide who sees it. */
  readonly type: ResourceType;
}

export interface Rows {
  /** Column by column; the key first. */
  readonly columns: Cell[][];
}

export interface Layout {
  readonly type: ResourceType;
  /** The kind's own first, then those of its parts. */
  readonly tables: readonly LaidTable[];
  /** Adds an object's rows, a set of rows for each table. */
  add(rows: readonly Rows[], key: bigint, sighting: Sighting): void;
}

export function layOut(kind: KindTable): Layout {
  const own = columnsOf(kind);
  const owner = ownerColumns(kind);
  const { type } = kind;
  const parent: LaidTable = {
    name: longName(type),
    shortName: shortName(type),
    doc: kind.doc,
    columns: own.map(factsOf),
    type,
  };
  const children = kind.children.map(({ name, doc, columns }) => ({
    name,
    shortName: name,
    doc,
    columns: [...owner.map(factsOf), ...columns.map(factsOf)],
    type,
  }));
  return {
    type,
    tables: [parent, ...children],
    add(rows, key, sighting) {
      addRow(rows[0]!, key, own, [sighting]);
      kind.children.forEach((child, i) => {
        const whose = owner.map((column) => column.from(sighting));
        for (const part of child.rows(sighting.object as KubeObject))
          addPart(rows[i + 1]!, key, whose, child.columns, part);
      });
    },
  };
}

export function emptyRows(layout: Layout): Rows[] {
  return layout.tables.map((table) => ({ columns: Array.from({ length: table.columns.length + 1 }, () => []) }));
}

function addRow(rows: Rows, key: bigint, columns: readonly Column<Sighting>[], [sighting]: readonly [Sighting]): void {
  rows.columns[0]!.push(key);
  for (const [i, column] of columns.entries()) rows.columns[i + 1]!.push(column.from(sighting));
}

function addPart(
  rows: Rows,
  key: bigint,
  owner: readonly Cell[],
  own: readonly Column<unknown>[],
  part: unknown,
): void {
  rows.columns[0]!.push(key);
  for (const [i, cell] of owner.entries()) rows.columns[i + 1]!.push(cell);
  for (const [i, column] of own.entries()) rows.columns[owner.length + i + 1]!.push(column.from(part));
}

function factsOf({ name, type, doc, unit }: ColumnFacts): ColumnFacts {
  return { name, type, doc, ...(unit && { unit }) };
}
