/** The end of a log as it grows, for looking at: whole lines since the last look, through rotation. Nothing is kept. */
import { type FileHandle, open, stat } from 'node:fs/promises';

export interface LogTailOptions {
  /** How much of what is there already is read first. @default 4 MiB */
  readonly backBytes?: number;
}

const BACK = 4 << 20;
const BLOCK = 1 << 20;

export class LogTail implements AsyncDisposable {
  readonly #path: string;
  readonly #back: number;
  #file: FileHandle | undefined;
  #at = 0;
  #half: Buffer = Buffer.alloc(0);
  /** The first line began before what was read. */
  #cut = false;

  constructor(path: string, { backBytes = BACK }: LogTailOptions = {}) {
    this.#path = path;
    this.#back = backBytes;
  }

  /** Waits for nothing; a log that is not there has no lines. */
  async lines(): Promise<string[]> {
    this.#file ??= await this.#opened(this.#back);
    if (!this.#file) return [];
    const lines = await this.#rest(this.#file);
    if (!(await this.#isRotated(this.#file))) return lines;
    lines.push(...(await this.#rest(this.#file)));
    await this.#file.close();
    this.#file = await this.#opened(Number.POSITIVE_INFINITY);
    return this.#file ? [...lines, ...(await this.#rest(this.#file))] : lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #opened(back: number): Promise<FileHandle | undefined> {
    const file = await open(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    const size = file ? (await file.stat()).size : 0;
    this.#at = Math.max(0, size - back);
    this.#cut = this.#at > 0;
    this.#half = Buffer.alloc(0);
    return file;
  }

  async #isRotated(file: FileHandle): Promise<boolean> {
    const [there, ours] = await Promise.all([stat(this.#path).catch(() => undefined), file.stat()]);
    return there !== undefined && (there.ino !== ours.ino || there.dev !== ours.dev);
  }

  async #rest(file: FileHandle): Promise<string[]> {
    if ((await file.stat()).size < this.#at) this.#at = 0;
    const lines: string[] = [];
    const block = Buffer.allocUnsafe(BLOCK);
    for (;;) {
      const { bytesRead } = await file.read(block, 0, BLOCK, this.#at);
      if (bytesRead === 0) return lines;
      this.#at += bytesRead;
      this.#split(block.subarray(0, bytesRead), lines);
    }
  }

  #split(block: Buffer, lines: string[]): void {
    const text = Buffer.concat([this.#half, block]);
    const end = text.lastIndexOf(10) + 1;
    this.#half = text.subarray(end);
    if (end === 0) return;
    const whole = text.toString('utf8', 0, end - 1).split('\n');
    lines.push(...(this.#cut ? whole.slice(1) : whole));
    this.#cut = false;
  }
}
