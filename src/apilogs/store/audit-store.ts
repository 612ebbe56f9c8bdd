/**
 * A directory with events as Parquet, in partitions of an hour, that other engines read as it is: `events/dt=…/hour=…/`.
 *
 * A file is written aside, then named in the ledger together with how far its source was read, then moved to its place.
 * Death before the ledger leaves something aside, which is deleted; death after it leaves a move, which is made up for.
 * So nothing is lost and nothing is there twice, whenever the power goes.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JdosError } from '../../errors/index.ts';
import { diskFull, freeBytes, RESERVE } from './disk.ts';
import { type Commit, type EventFile, Ledger } from './ledger.ts';

/** A file that is to become part of the store. */
export interface Staged extends Omit<EventFile, 'bytes'> {
  /** Where it is now: in `aside`. */
  readonly path: string;
}

export interface StoreOptions {
  readonly now?: () => number;
  /** Called before each write, by its name; what it throws is a death at that place. */
  readonly step?: (name: string) => void;
  /** Bytes that are free where the store is. */
  readonly free?: (dir: string) => number;
  /** Bytes that are left free. @default 256 MiB */
  readonly reserveBytes?: number;
}

export class AuditStore implements Disposable {
  readonly dir: string;
  readonly ledger: Ledger;
  readonly #lock: DatabaseSync;
  readonly #step: (name: string) => void;
  readonly #space: () => { free: number; reserve: number };

  private constructor(dir: string, lock: DatabaseSync, options: StoreOptions) {
    const { now, step = () => {}, free = freeBytes, reserveBytes = RESERVE } = options;
    this.dir = dir;
    this.#lock = lock;
    this.#step = step;
    this.#space = () => ({ free: free(dir), reserve: reserveBytes });
    this.ledger = new Ledger(ledgerOf(dir), now ? { now } : {});
  }

  /** For writing: one process at a time. Makes up for whatever the one before it left. */
  static open(dir: string, options: StoreOptions = {}): AuditStore {
    for (const part of ['', 'aside', 'events', 'spool']) mkdirSync(join(dir, part), { recursive: true, mode: 0o700 });
    const store = new AuditStore(dir, lock(dir), options);
    store.#recover();
    return store;
  }

  /** Where files are written before they are part of the store. */
  get aside(): string {
    return join(this.dir, 'aside');
  }

  /** What came over the network and is not yet read. */
  get spool(): string {
    return join(this.dir, 'spool');
  }

  /** Before something large is written. @throws JdosError JDOS_ERR_APILOGS_DISK_FULL */
  checkSpace(): void {
    const { free, reserve } = this.#space();
    if (free < reserve) throw diskFull(this.dir, `${mega(free)} MB are free, and ${mega(reserve)} MB are kept free`);
  }

  async commit(staged: readonly Staged[], commit: Omit<Commit, 'files'>): Promise<void> {
    for (const { path } of staged) await flushed(path);
    this.#step('ledger');
    this.ledger.commit({
      ...commit,
      files: staged.map(({ path, ...file }) => ({ ...file, bytes: statSync(path).size })),
    });
    for (const { path, name } of staged) this.#publish(path, name);
    this.#remove();
  }

  /** Takes files out of the store. */
  discard(names: readonly string[]): void {
    this.ledger.discard(names);
    this.#remove();
  }

  [Symbol.dispose](): void {
    this.ledger[Symbol.dispose]();
    if (this.#lock.isOpen) this.#lock.close();
  }

  #publish(path: string, name: string): void {
    this.#step('move');
    const to = join(this.dir, name);
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    renameSync(path, to);
  }

  #recover(): void {
    for (const entry of readdirSync(this.aside)) {
      const name = nameAside(entry);
      if (name && this.ledger.has(name)) this.#publish(join(this.aside, entry), name);
      else rmSync(join(this.aside, entry), { recursive: true });
    }
    this.#remove();
  }

  #remove(): void {
    const names = this.ledger.gone();
    if (names.length === 0) return;
    this.#step('remove');
    for (const name of names) {
      rmSync(join(this.dir, name), { force: true });
      removeEmpty(dirname(join(this.dir, name)), 2);
    }
    this.ledger.forget(names);
  }
}

/** Where an event file of this hour goes, and what it is called until then. */
export function placeOf(id: string, hourUs: number): { readonly name: string; readonly aside: string } {
  const [dt, hour] = [
    new Date(hourUs / 1000).toISOString().slice(0, 10),
    new Date(hourUs / 1000).toISOString().slice(11, 13),
  ];
  return { name: `events/dt=${dt}/hour=${hour}/${id}.parquet`, aside: `${dt}_${hour}_${id}.parquet` };
}

export function ledgerOf(dir: string): string {
  return join(dir, 'ledger.db');
}

function nameAside(entry: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)_(\d\d)_([\w-]+)\.parquet$/.exec(entry);
  return match ? `events/dt=${match[1]}/hour=${match[2]}/${match[3]}.parquet` : undefined;
}

/** A lock of the operating system, which goes with its owner. */
function lock(dir: string): DatabaseSync {
  const database = new DatabaseSync(join(dir, 'lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (cause) {
    database.close();
    throw new JdosError('JDOS_ERR_APILOGS_IN_USE', { dir }, { cause });
  }
}

async function flushed(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

function removeEmpty(dir: string, levels: number): void {
  if (levels === 0 || !existsSync(dir) || readdirSync(dir).length > 0) return;
  rmdirSync(dir);
  removeEmpty(dirname(dir), levels - 1);
}

function mega(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
