/**
 * Cuts a source into lines and puts into the chunk what may be events. What certainly is none is rejected at once, with
 * its place; lists of events, as webhooks get them, are taken apart.
 */
import type { Mark } from '../store/index.ts';
import type { Chunk } from './chunk.ts';
import { SAMPLE, textOf } from './reject.ts';

/** A line beyond this is no event, and is not held in memory. */
export const LONGEST_LINE = 64 << 20;
const TAIL = 64;
const [NL, CR, NUL, OPEN, CLOSE, SPACE, TAB] = [10, 13, 0, 0x7b, 0x7d, 32, 9];
const BOM = [0xef, 0xbb, 0xbf];

export class LineReader {
  readonly #file: string;
  readonly #id: string | undefined;
  /** Of the next line's first byte. */
  #offset: number;
  /** Lines before it. */
  #line: number;
  #tail: Uint8Array;
  #carry: Buffer[] = [];
  #carried = 0;
  /** Bytes of a line that is too long, of which only the beginning is kept. */
  #skipped = 0;

  constructor(file: string, mark: Pick<Mark, 'offset' | 'line' | 'tail'>, id?: string) {
    this.#file = file;
    this.#id = id;
    this.#offset = mark.offset;
    this.#line = mark.line;
    this.#tail = mark.tail;
  }

  async take(block: Buffer, chunk: Chunk): Promise<void> {
    let start = 0;
    if (this.#carried > 0) {
      const end = block.indexOf(NL);
      this.#hold(end < 0 ? block : block.subarray(0, end + 1));
      if (end < 0) return;
      await this.#carriedLine(chunk);
      start = end + 1;
    }
    const end = block.lastIndexOf(NL) + 1;
    if (end > start) await this.#lines(block.subarray(start, end), chunk);
    if (end < block.length && block.length > start) this.#hold(block.subarray(Math.max(start, end)));
    this.#mark(chunk);
  }

  /**
   * The source has no more at the moment. A last line without an end is taken if it is whole; else, if more may come, it is
   * left for the next time. True where it was left.
   */
  async finish(chunk: Chunk, { final, packed = 0 }: { final: boolean; packed?: number }): Promise<boolean> {
    const rest = Buffer.concat(this.#carry);
    const whole = isWhole(rest);
    if (rest.length > 0 && (whole || final)) await this.#carriedLine(chunk);
    this.#mark(chunk, packed);
    return rest.length > 0 && !whole && !final;
  }

  #mark(chunk: Chunk, packed = 0): void {
    if (this.#id === undefined) return;
    const place = { offset: this.#offset, line: this.#line, tail: this.#tail };
    chunk.marks.set(this.#id, { id: this.#id, path: this.#file, ...place, packed });
  }

  /** Keeps what has no end yet; the block is not ours to keep. A hole before a line is not kept, however large. */
  #hold(whole: Buffer): void {
    const hole = this.#carried === 0 ? holeOf(whole) : 0;
    const part = whole.subarray(hole);
    this.#offset += hole;
    this.#carried += part.length;
    if (this.#carried > LONGEST_LINE) this.#skipped += part.length;
    else this.#carry.push(Buffer.from(part));
  }

  async #carriedLine(chunk: Chunk): Promise<void> {
    const line = this.#carry.length === 1 ? this.#carry[0]! : Buffer.concat(this.#carry);
    const [size, tooLong] = [this.#carried, this.#skipped > 0];
    this.#carry = [];
    this.#carried = 0;
    this.#skipped = 0;
    if (tooLong) this.#reject(chunk, `longer than ${LONGEST_LINE >> 20} MB`, line);
    else await this.#one(line, chunk);
    this.#passed(size, tooLong ? Buffer.alloc(0) : line);
  }

  /** Whole lines. Runs of ordinary ones go through as they are, which is what makes it fast. */
  async #lines(text: Buffer, chunk: Chunk): Promise<void> {
    let [from, rows, longest] = [0, 0, 0];
    const ordinary = async (to: number) => {
      if (rows === 0) return;
      const place = { file: this.#file, line: this.#line + 1, offset: this.#offset };
      await chunk.append(text.subarray(from, to), rows, longest, place);
      this.#line += rows;
      this.#offset += to - from;
      [rows, longest] = [0, 0];
    };
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf(NL, start);
      if (isOrdinary(text, start, end)) {
        rows++;
        longest = Math.max(longest, end - start);
      } else {
        await ordinary(start);
        const line = text.subarray(start, end + 1);
        await this.#one(line, chunk);
        this.#passed(line.length, line);
        from = end + 1;
      }
      start = end + 1;
    }
    await ordinary(text.length);
    this.#tail = Uint8Array.from(text.subarray(-TAIL));
  }

  #passed(bytes: number, line: Buffer): void {
    this.#line++;
    this.#offset += bytes;
    this.#tail = Uint8Array.from(line.subarray(-TAIL));
  }

  /** A line that wants a look: a hole of a truncated file before it, blanks, a list, or no event at all. */
  async #one(line: Buffer, chunk: Chunk): Promise<void> {
    const text = trimmed(line);
    if (text.length === 0) return;
    if (text[0] !== OPEN || text.at(-1) !== CLOSE) this.#reject(chunk, 'not a JSON object', text);
    else if (isList(text, 0)) await this.#list(text, chunk);
    else await this.#append(Buffer.concat([text, Buffer.from([NL])]), 1, chunk);
  }

  async #append(text: Buffer, rows: number, chunk: Chunk): Promise<void> {
    // A place of its own: this text is not byte for byte what stands in the source.
    await chunk.append(text, rows, text.length, { file: this.#file, line: this.#line + 1, offset: this.#offset });
  }

  async #list(text: Buffer, chunk: Chunk): Promise<void> {
    const items = itemsOf(text);
    if (!items) return this.#reject(chunk, 'not a list of events', text);
    for (const item of items) await this.#append(Buffer.from(`${JSON.stringify(item)}\n`), 1, chunk);
  }

  #reject(chunk: Chunk, reason: string, text: Buffer): void {
    const place = { file: this.#file, line: this.#line + 1, offset: this.#offset };
    chunk.reject({ ...place, reason, text: textOf(text.subarray(0, SAMPLE)) });
  }
}

/** Begins and ends as an object does, and is no list. */
function isOrdinary(text: Buffer, start: number, end: number): boolean {
  const last = text[end - 1] === CR ? end - 2 : end - 1;
  return text[start] === OPEN && text[last] === CLOSE && !isList(text, start);
}

/** `{"kind":"EventList`, or another order of its first fields. */
function isList(text: Buffer, start: number): boolean {
  if (text[start + 2] === 0x6b && text[start + 13] === 0x74) return text[start + 14] === 0x4c;
  return text.toString('latin1', start, start + 96).includes('"EventList"');
}

/** The events of a list, each with the kind that only the list has. */
export function itemsOf(text: Buffer): object[] | undefined {
  try {
    const { apiVersion, items } = JSON.parse(text.toString()) as { apiVersion?: unknown; items?: unknown };
    if (!Array.isArray(items)) return undefined;
    return items.map((item: unknown) => ({ kind: 'Event', apiVersion, ...(item as object) }));
  } catch {
    return undefined;
  }
}

function holeOf(text: Buffer): number {
  const end = text.findIndex((byte) => byte !== NUL);
  return end < 0 ? text.length : end;
}

function trimmed(line: Buffer): Buffer {
  let [start, end] = [0, line.length];
  const blank = (byte: number | undefined) =>
    byte === NUL || byte === SPACE || byte === TAB || byte === CR || byte === NL;
  while (start < end && blank(line[start])) start++;
  if (BOM.every((byte, i) => line[start + i] === byte)) start += BOM.length;
  while (end > start && blank(line[end - 1])) end--;
  return line.subarray(start, end);
}

function isWhole(line: Buffer): boolean {
  const text = trimmed(line);
  if (text[0] !== OPEN || text.at(-1) !== CLOSE) return false;
  try {
    JSON.parse(text.toString());
    return true;
  } catch {
    return false;
  }
}
