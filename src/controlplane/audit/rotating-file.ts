/** A file of lines that is put aside when it has grown too large: `audit.log`, `audit-2026-11-23T10-00-00.000Z.log`, … */
import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

export interface RotatingFileOptions {
  /** @default 100 MiB */
  readonly maxBytes?: number;
  /** Old files that are kept. @default 5 */
  readonly keep?: number;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
  readonly onError?: (error: unknown) => void;
}

export class RotatingFile {
  readonly #path: string;
  readonly #o: Required<RotatingFileOptions>;
  #lines: string[] = [];
  #file: FileHandle | undefined;
  #size = 0;
  #writing: Promise<void> | undefined;

  constructor(
    path: string,
    { maxBytes = 100 * 1024 * 1024, keep = 5, now = Date.now, onError = () => {} }: RotatingFileOptions = {},
  ) {
    this.#path = path;
    this.#o = { maxBytes, keep, now, onError };
  }

  /** Adds a line; it reaches the file soon, in order, together with others. */
  write(line: string): void {
    this.#lines.push(line);
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Waits until all lines are in the file, and lets go of it; a later line opens it again. */
  async close(): Promise<void> {
    while (this.#writing) await this.#writing;
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  async #drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#lines.length > 0) {
      const text = `${this.#lines.join('\n')}\n`;
      this.#lines = [];
      try {
        await this.#append(text);
      } catch (error) {
        this.#o.onError(error);
      }
    }
  }

  async #append(text: string): Promise<void> {
    this.#file ??= await this.#opened();
    if (this.#size > 0 && this.#size + text.length > this.#o.maxBytes) this.#file = await this.#rotated(this.#file);
    await this.#file.appendFile(text);
    this.#size += Buffer.byteLength(text);
  }

  async #opened(): Promise<FileHandle> {
    const file = await open(this.#path, 'a', 0o600);
    this.#size = (await file.stat()).size;
    return file;
  }

  /** Puts the full file aside and opens a new one. */
  async #rotated(full: FileHandle): Promise<FileHandle> {
    await full.close();
    this.#file = undefined;
    const extension = extname(this.#path);
    const stem = basename(this.#path, extension);
    const folder = dirname(this.#path);
    const time = new Date(this.#o.now()).toISOString().replaceAll(':', '-');
    await rename(this.#path, join(folder, `${stem}-${time}${extension}`));
    const old = (await readdir(folder))
      .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(extension))
      .sort();
    for (const name of old.slice(0, Math.max(0, old.length - this.#o.keep))) await unlink(join(folder, name));
    return this.#opened();
  }
}
