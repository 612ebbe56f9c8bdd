/**
 * A column of a batch as one text, which the engine takes apart again: it is handed a value a column in place of a value a
 * cell, and takes a text apart many times faster than it is handed its parts.
 */
import type { Cell } from './column.ts';

export interface Packed {
  readonly text: string;
  /** Some cells are NULL. */
  readonly nulls: boolean;
  /** Some cells hold the characters that are of use here, spelt in others. */
  readonly spelt: boolean;
}

/** Control characters, which hardly any text has. */
const [BETWEEN, NULL, ESCAPE] = ['\x1f', '\x1e', '\x1d'];

export function pack(cells: readonly Cell[]): Packed {
  let nulls = 0;
  const texts = cells.map((cell) => (cell === null && ++nulls ? NULL : cell));
  const text = texts.join(BETWEEN);
  const plain =
    countOf(BETWEEN, text) === cells.length - 1 && countOf(NULL, text) === nulls && countOf(ESCAPE, text) === 0;
  if (plain) return { text, nulls: nulls > 0, spelt: false };
  return { text: cells.map(spell).join(BETWEEN), nulls: nulls > 0, spelt: true };
}

/** SQL for the texts of a packed column, one in a row. */
export function unpack(column: string): string {
  return `unnest(string_split(${column}, chr(31)))`;
}

/** SQL for a cell, as text, by what has been unpacked. */
export function read(text: string, { nulls, spelt }: Pick<Packed, 'nulls' | 'spelt'>): string {
  const present = nulls ? `nullif(${text}, chr(30))` : text;
  if (!spelt) return present;
  // The escape itself comes last, so that what it makes is not read again.
  return ['b', 'n', 'e'].reduce((sql, letter, i) => `replace(${sql}, chr(29) || '${letter}', chr(${31 - i}))`, present);
}

const LETTERS: Readonly<Record<string, string>> = { [BETWEEN]: 'b', [NULL]: 'n', [ESCAPE]: 'e' };

function spell(cell: Cell): string {
  if (cell === null) return NULL;
  // The escape itself comes first, so that what is put in after it stays.
  return [ESCAPE, NULL, BETWEEN].reduce((text, char) => text.replaceAll(char, ESCAPE + LETTERS[char]!), String(cell));
}

function countOf(char: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) count++;
  return count;
}
