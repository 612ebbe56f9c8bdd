/**
 * Snapshots of all tables as Parquet, for Spark, Trino and whoever else reads files: all tables of a snapshot are of one
 * moment, a snapshot is there as a whole or not at all, and only so many are kept.
 */
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, sleep } from '../../kube/index.ts';

export interface ParquetExportOptions {
  /** The engine must have been started with it among its directories. */
  readonly directory: string;
  readonly everyMs: number;
  /** Snapshots that are kept. @default 24 */
  readonly keep?: number;
  readonly clock: Clock;
  readonly onError?: (error: unknown) => void;
}

/** Writes each table to a file of its name in the directory. */
export type WriteTables = (directory: string) => Promise<void>;

const SNAPSHOT = /^snapshot=/;
const WRITING = '.writing-';

export class ParquetExport {
  readonly #write: WriteTables;
  readonly #o: ParquetExportOptions;

  constructor(write: WriteTables, options: ParquetExportOptions) {
    this.#write = write;
    this.#o = options;
  }

  /** Until the signal aborts. One that fails is told and tried again in its turn. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.once().catch((error: unknown) => this.#o.onError?.(error));
      await sleep(this.#o.clock, this.#o.everyMs, signal).catch(() => undefined);
    }
  }

  /** Answers where the snapshot is. */
  async once(): Promise<string> {
    const { directory, clock } = this.#o;
    this.#tidy();
    const name = new Date(clock.now()).toISOString().replace(/[:.]/g, '-');
    const [writing, there] = [join(directory, `${WRITING}${name}`), join(directory, `snapshot=${name}`)];
    mkdirSync(writing, { mode: 0o700 });
    await this.#write(writing);
    renameSync(writing, there);
    this.#tidy();
    return there;
  }

  /** What a death in the middle left behind, and what is too old. */
  #tidy(): void {
    const { directory, keep = 24 } = this.#o;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const names = readdirSync(directory);
    const snapshots = names.filter((name) => SNAPSHOT.test(name)).sort();
    const old = [
      ...names.filter((name) => name.startsWith(WRITING)),
      ...snapshots.slice(0, Math.max(0, snapshots.length - keep)),
    ];
    for (const name of old) rmSync(join(directory, name), { recursive: true, force: true });
  }
}
