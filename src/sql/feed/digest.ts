/** A number that stands for some rows: others have another, but for once in 2^53. It is never 0. */
import type { Rows } from '../tables/index.ts';

/** No text has characters of these numbers. */
const [END, NULL] = [0x1ffff, 0x2ffff];

/**
 * Of the rows from `start` on, without the key and the `owners` columns that tell whose they are. Two FNV-1a sums side by
 * side, for speed: whoever writes the rows may lie in them anyway.
 */
export function digestOf({ columns }: Rows, start: number, owners: number): number {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  const end = columns[0]!.length;
  for (let i = owners + 1; i < columns.length; i++) {
    const column = columns[i]!;
    for (let row = start; row < end; row++) {
      const cell = column[row]!;
      const text = typeof cell === 'string' ? cell : String(cell);
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        a = Math.imul(a ^ code, 0x01000193);
        b = Math.imul(b ^ code, 0x85ebca6b);
      }
      const last = cell === null ? NULL : END;
      a = Math.imul(a ^ last, 0x01000193);
      b = Math.imul(b ^ last, 0x85ebca6b) ^ (b >>> 15);
    }
  }
  return ((a >>> 0) % 2 ** 21) * 2 ** 32 + (b >>> 0) + 1;
}
