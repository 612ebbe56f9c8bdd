/**
 * Takes audit logs in: lines are cut into chunks, chunks become Parquet (two at a time), and in their order they are
 * looked through for what is broken or known already and made part of the store.
 */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, type Plain } from '../../engine/index.ts';
import { JdosError } from '../../errors/index.ts';
import {
  convert,
  cut,
  HOUR_US,
  hours,
  MACROS,
  type Origin,
  repeatedIn,
  repeatedWithin,
  summarize,
  unsound,
} from '../schema/index.ts';
import type { Source } from '../source/source.ts';
import {
  AuditStore,
  type Counts,
  diskFull,
  isDiskFull,
  placeOf,
  type Rejected,
  type Staged,
  type StoreOptions,
} from '../store/index.ts';
import { type Tidied, type TidyRule, tidy } from '../tidy/index.ts';
import { Chunk } from './chunk.ts';
import { startOf } from './identity.ts';
import { LineReader } from './line-reader.ts';
import { linesAt, reasonOf, SAMPLE, textOf } from './reject.ts';

export interface ImporterOptions extends StoreOptions {
  /** Of the store. */
  readonly dir: string;
  /** Which cluster the lines are of. @default 'default' */
  readonly cluster?: string;
  /** Which of its API servers. @default '' */
  readonly apiserver?: string;
  /** Text of one file of events. @default 64 MiB */
  readonly chunkBytes?: number;
  /** Of the engine. @default '1GB' */
  readonly memoryLimit?: string;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface Progress extends Counts {
  readonly source: string;
  /** Bytes of all sources that were read, as they are on disk, and how many there are. */
  readonly read: number;
  readonly size: number | undefined;
}

export interface ImportResult extends Counts {
  /** Sources that had nothing new. */
  readonly known: number;
  /** Last lines that are still being written; they are read the next time. */
  readonly unfinished: number;
}

export interface ImportHow {
  /** Nothing more will be written to them. @default false */
  readonly final?: boolean;
  /** Told of a source that cannot be read; the others are. Without it the first failure ends all. */
  readonly onUnreadable?: (error: unknown) => void;
}

const CHUNK = 64 << 20;
const AT_ONCE = 2;
const NONE: Counts = { lines: 0, events: 0, duplicates: 0, rejected: 0 };
const PATIENCE = { timeoutMs: 600_000 };

export class Importer implements AsyncDisposable {
  readonly store: AuditStore;
  readonly #engine: Engine;
  readonly #o: ImporterOptions;
  readonly #origin: Origin;
  #chunk: Chunk;
  #counts = NONE;
  #settled: Promise<void> = Promise.resolve();
  #waiting: Promise<void>[] = [];

  static async open(options: ImporterOptions): Promise<Importer> {
    const store = AuditStore.open(options.dir, options);
    try {
      const engine = await Engine.start({
        memoryLimit: options.memoryLimit ?? '1GB',
        directories: [store.dir],
        holdsMemory: true,
        concurrent: AT_ONCE + 1,
        perUser: AT_ONCE + 1,
      });
      await engine.write({ appends: [], statements: MACROS });
      return new Importer(store, engine, options);
    } catch (error) {
      store[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(store: AuditStore, engine: Engine, options: ImporterOptions) {
    this.store = store;
    this.#engine = engine;
    this.#o = options;
    this.#origin = { cluster: options.cluster ?? 'default', apiserver: options.apiserver ?? '' };
    this.#chunk = this.#newChunk();
  }

  /** Reads all that is new in these sources. What was taken in before a failure stays. */
  async import(sources: readonly Source[], how: ImportHow = {}): Promise<ImportResult> {
    try {
      return await this.#import(sources, how);
    } catch (error) {
      throw isDiskFull(error) && !(error instanceof JdosError) ? diskFull(this.store.dir, String(error), error) : error;
    }
  }

  /** Small files become large ones; hours that are not to be kept go. */
  async tidy(rule: TidyRule = {}): Promise<Tidied> {
    return tidy(this.store, (sql) => this.#numbers(sql), rule, (this.#o.now ?? Date.now)());
  }

  async #import(sources: readonly Source[], { final = false, onUnreadable }: ImportHow): Promise<ImportResult> {
    const before = this.#counts;
    let [known, unfinished] = [0, 0];
    const sizes = sources.map(({ size }) => size);
    const size = sizes.every((one) => one !== undefined) ? sizes.reduce((sum, one) => sum + one, 0) : undefined;
    const report = (source: Source) =>
      this.#o.onProgress?.({
        ...this.#counts,
        source: source.name,
        read: sources.reduce((sum, { consumed }) => sum + consumed, 0),
        size,
      });
    for (const source of sources) {
      const outcome = await this.#read(source, final, () => report(source)).catch((error: unknown) => {
        if (!onUnreadable || !isUnreadable(error)) throw error;
        onUnreadable(error);
      });
      if (outcome === 'known') known++;
      if (outcome === 'unfinished') unfinished++;
    }
    await this.flush();
    return { ...difference(this.#counts, before), known, unfinished };
  }

  /** Everything that was read is in the store. */
  async flush(): Promise<void> {
    await this.#turn();
    await Promise.all(this.#waiting);
    this.#waiting = [];
    await this.#settled;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([...this.#waiting, this.#settled]);
    await this.#chunk.close();
    this.#chunk.remove();
    await this.#engine.stop();
    this.store[Symbol.dispose]();
  }

  async #read(source: Source, final: boolean, report: () => void): Promise<'read' | 'known' | 'unfinished'> {
    const start = source.size === undefined ? undefined : await startOf(source, this.store.ledger);
    if (start?.done) return 'known';
    const { offset, line, tail, id } = start?.mark ?? { offset: 0, line: 0, tail: new Uint8Array(), id: undefined };
    const reader = new LineReader(source.name, { offset, line, tail }, id);
    for await (const block of source.blocks(offset)) {
      this.#o.signal?.throwIfAborted();
      await reader.take(block, this.#chunk);
      if (this.#chunk.bytes >= (this.#o.chunkBytes ?? CHUNK)) await this.#turn();
      report();
    }
    const end = {
      final: final || source.packed || source.size === undefined,
      packed: source.packed ? source.size! : 0,
    };
    return (await reader.finish(this.#chunk, end)) ? 'unfinished' : 'read';
  }

  /** The chunk is full: it is converted while the next one fills, and settled in its turn. */
  async #turn(): Promise<void> {
    const chunk = this.#chunk;
    if (chunk.empty) return;
    this.store.checkSpace();
    this.#chunk = this.#newChunk();
    await chunk.close();
    const converted = join(this.store.aside, `converted-${randomUUID()}.parquet`);
    const converting = this.#convert(chunk, converted);
    this.#settled = Promise.all([this.#settled, converting]).then(() => this.#settle(chunk, converted));
    this.#settled.catch(() => undefined);
    this.#waiting.push(this.#settled);
    while (this.#waiting.length > AT_ONCE) await this.#waiting.shift();
  }

  async #convert(chunk: Chunk, into: string): Promise<void> {
    if (chunk.rows === 0) return;
    const file = chunk.runs[0]!.file;
    await this.#rows(convert(chunk.path, into, { ...this.#origin, file, longest: chunk.longest }));
  }

  async #settle(chunk: Chunk, converted: string): Promise<void> {
    const found =
      chunk.rows > 0 ? await this.#examine(chunk, converted) : { staged: [], events: 0, duplicates: 0, rejects: [] };
    const rejects = [...chunk.rejects, ...found.rejects];
    const counts = { lines: chunk.lines, events: found.events, duplicates: found.duplicates, rejected: rejects.length };
    await this.store.commit(found.staged, { marks: [...chunk.marks.values()], rejects, ...counts });
    rmSync(converted, { force: true });
    chunk.remove();
    this.#counts = sum(this.#counts, counts);
  }

  /** What of a converted chunk is new, as files that can be committed. */
  async #examine(chunk: Chunk, converted: string): Promise<Examined> {
    const [[all, sound, distinct, minUs, maxUs] = []] = await this.#numbers(summarize(converted));
    if (all !== chunk.rows) throw new Error(`${chunk.path}: ${chunk.rows} lines became ${all} rows`);
    const rejects = sound === all ? [] : await this.#rejects(chunk, converted);
    if (sound === 0) return { staged: [], events: 0, duplicates: 0, rejects };
    const known = await this.#known(converted, { minUs: minUs!, maxUs: maxUs!, unique: distinct === sound });
    const events = sound! - known.length;
    const asItIs = events === all && oneHour(minUs!, maxUs!) && chunk.files().length === 1;
    const whole = { hourUs: hourOf(minUs!), rows: events, minUs: minUs!, maxUs: maxUs! };
    const staged = asItIs ? [this.#stageWhole(converted, whole)] : await this.#cut(chunk, converted, known);
    return { staged, events, duplicates: known.length, rejects };
  }

  /** The rows that are there already: in the store, or earlier in the chunk. */
  async #known(converted: string, { minUs, maxUs, unique }: Span & { unique: boolean }): Promise<number[]> {
    const near = this.store.ledger.files(minUs, maxUs);
    const [fromUs, toUs] = [
      Math.max(minUs, Math.min(...near.map((file) => file.minUs))),
      Math.min(maxUs, Math.max(...near.map((file) => file.maxUs))),
    ];
    const files = near.map(({ name }) => join(this.store.dir, name));
    const rows = [
      ...(unique ? [] : await this.#numbers(repeatedWithin(converted))),
      ...(files.length === 0 ? [] : await this.#numbers(repeatedIn(converted, files, fromUs, toUs))),
    ];
    return [...new Set(rows.map(([row]) => row!))];
  }

  #stageWhole(converted: string, hour: Hour): Staged {
    const { aside, name } = placeOf(randomUUID(), hour.hourUs);
    const path = join(this.store.aside, aside);
    renameSync(converted, path);
    return { path, name, rows: hour.rows, minUs: hour.minUs, maxUs: hour.maxUs };
  }

  async #cut(chunk: Chunk, converted: string, without: readonly number[]): Promise<Staged[]> {
    const staged: Staged[] = [];
    for (const [hourUs] of await this.#numbers(hours(converted))) {
      const { aside, name } = placeOf(randomUUID(), hourUs!);
      const path = join(this.store.aside, aside);
      await this.#rows(cut(converted, path, { hourUs: hourUs!, without, files: chunk.files() }));
      const [[rows, , , minUs, maxUs] = []] = await this.#numbers(summarize(path));
      if (rows! > 0) staged.push({ path, name, rows: rows!, minUs: minUs!, maxUs: maxUs! });
      else rmSync(path);
    }
    return staged;
  }

  async #rejects(chunk: Chunk, converted: string): Promise<Rejected[]> {
    const rows = (await this.#numbers(unsound(converted))).map(([row]) => row!);
    const rejects: Rejected[] = [];
    for await (const { row, at, text } of linesAt(chunk.path, rows)) {
      const run = chunk.runOf(row);
      const place = { file: run.file, line: run.line + row - run.row, offset: run.offset + at - run.at };
      rejects.push({ ...place, reason: reasonOf(text), text: textOf(text.subarray(0, SAMPLE)) });
    }
    return rejects;
  }

  async #numbers(sql: string): Promise<number[][]> {
    return (await this.#rows(sql)).map((row) => row.map(Number));
  }

  #rows(sql: string): Promise<Plain[][]> {
    return this.#engine.rows({
      sql,
      user: 'import',
      limits: PATIENCE,
      ...(this.#o.signal && { signal: this.#o.signal }),
    });
  }

  #newChunk(): Chunk {
    return new Chunk(join(this.store.aside, `lines-${randomUUID()}.ndjson`));
  }
}

function isUnreadable(error: unknown): boolean {
  return error instanceof JdosError && error.code === 'JDOS_ERR_APILOGS_SOURCE';
}

/** Of time, in microseconds. */
interface Span {
  readonly minUs: number;
  readonly maxUs: number;
}

interface Hour extends Span {
  readonly hourUs: number;
  readonly rows: number;
}

interface Examined {
  readonly staged: readonly Staged[];
  readonly events: number;
  readonly duplicates: number;
  readonly rejects: readonly Rejected[];
}

function hourOf(us: number): number {
  return Math.floor(us / HOUR_US) * HOUR_US;
}

function oneHour(minUs: number, maxUs: number): boolean {
  return hourOf(minUs) === hourOf(maxUs);
}

function sum(a: Counts, b: Counts): Counts {
  return {
    lines: a.lines + b.lines,
    events: a.events + b.events,
    duplicates: a.duplicates + b.duplicates,
    rejected: a.rejected + b.rejected,
  };
}

function difference(a: Counts, b: Counts): Counts {
  return sum(a, { lines: -b.lines, events: -b.events, duplicates: -b.duplicates, rejected: -b.rejected });
}
