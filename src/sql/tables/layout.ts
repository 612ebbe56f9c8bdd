/** How a kind lies in the store: physical tables, the SQL that keeps them, and how an object becomes rows. */
import type { ResourceType } from '../../kube/index.ts';
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
  /** Whether the kind's own table keeps `spec` and `status`. */
  readonly documents: boolean;
  /** The first columns of a table of parts tell whose row it is: so many. */
  readonly owners: number;
  /** Adds an object's rows, a set of rows for each table. Answers how many characters they have. */
  add(rows: readonly Rows[], key: bigint, sighting: Sighting): number;
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
    documents: kind.documents,
    owners: owner.length,
    add(rows, key, sighting) {
      let size = addRow(rows[0]!, key, NOBODY, own, sighting);
      if (kind.children.length === 0) return size;
      const whose = owner.map((column) => column.from(sighting));
      kind.children.forEach((child, i) => {
        for (const part of child.rows(sighting.object)) size += addRow(rows[i + 1]!, key, whose, child.columns, part);
      });
      return size;
    },
  };
}

const NOBODY: readonly Cell[] = [];

export function emptyRows(layout: Layout): Rows[] {
  return layout.tables.map((table) => ({ columns: Array.from({ length: table.columns.length + 1 }, () => []) }));
}

/** Runs for every row of every object: loops by number, as iterators cost more than the cells. */
function addRow<S>(rows: Rows, key: bigint, owner: readonly Cell[], own: readonly Column<S>[], source: S): number {
  const { columns } = rows;
  let size = 0;
  columns[0]!.push(key);
  for (let i = 0; i < owner.length; i++) columns[i + 1]!.push(owner[i]!);
  const after = owner.length + 1;
  for (let i = 0; i < own.length; i++) {
    const cell = own[i]!.from(source);
    columns[after + i]!.push(cell);
    if (typeof cell === 'string') size += cell.length;
  }
  return size;
}

function factsOf({ name, type, doc, unit }: ColumnFacts): ColumnFacts {
  return { name, type, doc, ...(unit && { unit }) };
}
