/** Lines on their way into Parquet: a file of some 64 MB of them, and where in which source each came from. */
import { rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Mark, Rejected } from '../store/index.ts';

/** Lines that follow each other in one source. */
export interface Run {
  /** Number of the first in the chunk, from 0, and its first byte there. */
  readonly row: number;
  readonly at: number;
  readonly file: string;
  /** The same in the source; lines from 1. */
  readonly line: number;
  readonly offset: number;
}

export class Chunk {
  readonly path: string;
  rows = 0;
  bytes = 0;
  longest = 0;
  /** Lines that were read, good or not. */
  lines = 0;
  readonly runs: Run[] = [];
  readonly rejects: Rejected[] = [];
  readonly marks = new Map<string, Mark>();
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.path = path;
  }

  get empty(): boolean {
    return this.lines === 0 && this.marks.size === 0;
  }

  /** Whole lines with their ends; `from` is where the first of them comes from. */
  async append(
    text: Uint8Array,
    rows: number,
    longest: number,
    from: Pick<Run, 'file' | 'line' | 'offset'>,
  ): Promise<void> {
    const last = this.runs.at(-1);
    const goesOn =
      last?.file === from.file &&
      from.line - last.line === this.rows - last.row &&
      from.offset - last.offset === this.bytes - last.at;
    if (!goesOn) this.runs.push({ ...from, row: this.rows, at: this.bytes });
    this.#file ??= await open(this.path, 'w', 0o600);
    for (let done = 0; done < text.length; ) done += (await this.#file.write(text, done)).bytesWritten;
    this.rows += rows;
    this.lines += rows;
    this.bytes += text.length;
    this.longest = Math.max(this.longest, longest);
  }

  reject(one: Rejected): void {
    this.lines++;
    this.rejects.push(one);
  }

  /** The sources, by the row with which each begins. */
  files(): { readonly row: number; readonly file: string }[] {
    return this.runs.filter(({ file }, i) => this.runs[i - 1]?.file !== file).map(({ row, file }) => ({ row, file }));
  }

  /** Where a row came from. Rows are asked for in rising order. */
  runOf(row: number): Run {
    const after = this.runs.findIndex((run) => run.row > row);
    return this.runs.at(after < 0 ? -1 : after - 1)!;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  /** The text is no longer needed. */
  remove(): void {
    rmSync(this.path, { force: true });
  }
}
