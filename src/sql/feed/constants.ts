/** Columns that say the same in every row of a batch: most columns of most batches. They travel once, as SQL. */
import type { Cell, Constants, Rows } from '../tables/index.ts';

/** Fewer rows are not worth the looking. */
const FEW = 16;
const PLAIN = /^[\x20-\x7e]{0,64}$/;

export interface Told {
  readonly constants: Constants;
  /** The key and the columns that vary. */
  readonly varying: readonly (readonly Cell[])[];
}

export function toldApart({ columns: [keys = [], ...columns] }: Rows): Told {
  const constants = new Map<number, Cell>();
  const varying: (readonly Cell[])[] = [keys];
  columns.forEach((column, i) => {
    if (keys.length >= FEW && isConstant(column)) constants.set(i, column[0]!);
    else varying.push(column);
  });
  return { constants, varying };
}

/** Only what is plain becomes a part of a statement. */
function isConstant(column: readonly Cell[]): boolean {
  const first = column[0]!;
  for (let i = 1; i < column.length; i++) if (column[i] !== first) return false;
  return typeof first === 'string' ? PLAIN.test(first) : typeof first !== 'number' || Number.isFinite(first);
}
