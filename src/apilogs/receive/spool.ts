/**
 * Lines that came over the network and are not yet taken in: files of a directory, in their order. What was appended is on
 * disk when `append` resolves, so that its sender may forget it. All that wait share one flush.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

interface Waiting {
  readonly text: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Current {
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
}

export class Spool {
  readonly #dir: string;
  #next: number;
  #closed: string[];
  #closedBytes: number;
  #current: Current | undefined;
  #waiting: Waiting[] = [];
  /** What is done to the files is done one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  /** Finds what an earlier process left. Half a line at the end of it was acknowledged to nobody, and goes. */
  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const names = readdirSync(dir).filter((name) => name.endsWith('.ndjson'));
    this.#closed = names.sort().map((name) => join(dir, name));
    for (const path of this.#closed) cutHalfLine(path);
    this.#closedBytes = this.#closed.reduce((sum, path) => sum + statSync(path).size, 0);
    this.#next = Math.max(0, ...names.map((name) => Number.parseInt(name, 10))) + 1;
  }

  /** Of all that is here and not yet taken away. */
  get bytes(): number {
    return this.#closedBytes + (this.#current?.bytes ?? 0);
  }

  /** Whole lines with their ends. Rejects if they could not be written; then nothing of them is kept. */
  append(text: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      if (this.#waiting.length === 1) void this.#inTurn(() => this.#write());
    });
  }

  /** Ends the file that is being written, if it has something; answers all that can be taken in, the oldest first. */
  turn(): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const current = this.#current;
      if (current && current.bytes > 0) {
        this.#current = undefined;
        this.#closed.push(current.path);
        this.#closedBytes += current.bytes;
        await current.file.close();
      }
      return [...this.#closed];
    });
  }

  /** They have been taken in. */
  remove(paths: readonly string[]): void {
    for (const path of paths) {
      const { size } = statSync(path);
      rmSync(path);
      this.#closedBytes -= size;
    }
    this.#closed = this.#closed.filter((path) => !paths.includes(path));
  }

  async close(): Promise<void> {
    await this.turn();
    await this.#current?.file.close();
    this.#current = undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #write(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      this.#current ??= await this.#begin();
      await write(this.#current, Buffer.concat(batch.map(({ text }) => text)));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  /** The name of a new file is on disk before anything in it counts. */
  async #begin(): Promise<Current> {
    const path = join(this.#dir, `${String(this.#next++).padStart(12, '0')}.ndjson`);
    const file = await open(path, 'wx', 0o600);
    await synced(this.#dir);
    return { path, file, bytes: 0 };
  }
}

async function synced(dir: string): Promise<void> {
  const directory = await open(dir, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function write(current: Current, text: Buffer): Promise<void> {
  try {
    for (let done = 0; done < text.length; )
      done += (await current.file.write(text, done, text.length - done, current.bytes + done)).bytesWritten;
    await current.file.datasync();
  } catch (error) {
    await current.file.truncate(current.bytes);
    throw error;
  }
  current.bytes += text.length;
}

function cutHalfLine(path: string): void {
  const text = readFileSync(path);
  const end = text.lastIndexOf(10) + 1;
  if (end < text.length) truncateSync(path, end);
}
