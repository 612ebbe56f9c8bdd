/**
 * The revisioned store of the embedded control plane.
 *
 * One thread, one writer: a write reads the newest state, decides, and is staged, all in one turn of the event loop, so
 * no lock and no retry is needed. Staged writes are committed in groups; a write is answered, and readers and watchers
 * see it, only when it is on disk.
 */
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import { Collection } from './collection.ts';
import type { Change, Entry } from './entry.ts';
import { type LogRow, RevisionLog } from './revision-log.ts';

export interface StoreOptions {
  readonly clock?: Clock;
  /** How long a watcher may resume from, in ms. @default 300_000 */
  readonly historyMs?: number;
  /**
   * JSON that one collection's history may hold, in bytes. A burst may make it four times as much, as long as its changes are
   * fresh: a watcher that lags must not have to read everything anew just when there is most to do. @default 48 MiB
   */
  readonly historyBytes?: number;
  /** How long writes of patient collections wait for others to go to disk with, in ms of real time. @default 30 */
  readonly patienceMs?: number;
  /** Told of what a listener of a collection throws. @default it is thrown where nobody catches it */
  readonly onError?: (error: unknown) => void;
}

/** Where revisions are kept: a RevisionLog, or a stand-in that fails when a test says so. */
export type Log = Pick<RevisionLog, 'rows' | 'compacted' | 'commit' | 'close'>;

/** What a write decides: the new object, its deletion, or to leave everything as it is. */
export type Decision = { readonly object: Json } | { readonly remove: Json } | undefined;

interface Write {
  readonly collection: Collection;
  readonly change: Change;
}

/** Writes that go to disk together, and the promise that they have. */
interface Group {
  readonly writes: Write[];
  readonly durable: PromiseWithResolvers<void>;
  /** Is there one among them that should not wait for more? */
  urgent: boolean;
}

/** The newest version of a key that is not on disk yet; no entry means deleted. */
interface Staged {
  readonly rev: number;
  readonly entry: Entry | undefined;
  readonly durable: Promise<void>;
}

/** Revisions begin here, so that 0 and 1 keep their special meanings in the API. */
const FIRST_REVISION = 1;
const HOUSEKEEPING_MS = 5_000;
/** So long a change is fresh. */
const FRESH_MS = 75_000;
const BURST = 4;

export class Store {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #historyMs: number;
  readonly #historyBytes: number;
  readonly #patienceMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #collections = new Map<string, Collection>();
  readonly #compacted: Map<string, number>;
  readonly #staged = new Map<Collection, Map<string, Staged>>();
  readonly #expiry = new Map<Collection, { ttlMs: number; queue: { key: string; rev: number; at: number }[] }>();
  /** Where the next write goes. */
  #open: Group = newGroup();
  #forget: number[] = [];
  #nextRevision = FIRST_REVISION;
  #revision = FIRST_REVISION;
  #committing = false;
  #waiting = false;
  #stopHousekeeping: () => void = () => {};
  #closed = false;

  /** The store kept in `dir`, which must exist. */
  static open(dir: string, options: StoreOptions = {}): Store {
    return new Store(RevisionLog.open(dir), options);
  }

  /** Takes over `log` and closes it in the end. */
  constructor(log: Log, options: StoreOptions = {}) {
    this.#log = log;
    this.#clock = options.clock ?? systemClock;
    this.#historyMs = options.historyMs ?? 300_000;
    this.#onError = options.onError ?? throwLater;
    this.#historyBytes = options.historyBytes ?? 48 * 1024 * 1024;
    this.#patienceMs = options.patienceMs ?? 30;
    this.#compacted = log.compacted();
    this.#replay();
    this.#scheduleHousekeeping();
  }

  /** The newest revision that readers see. */
  get revision(): number {
    return this.#revision;
  }

  /** The collection of that name, e.g. `apps/deployments`; it is made when first asked for. */
  collection(name: string): Collection {
    let collection = this.#collections.get(name);
    if (!collection) {
      collection = new Collection(name, this.#compacted.get(name) ?? 0);
      this.#collections.set(name, collection);
    }
    return collection;
  }

  get collections(): Iterable<Collection> {
    return this.#collections.values();
  }

  /** The newest version, staged ones included: what a write decides on. */
  newest(collection: Collection, key: string): Entry | undefined {
    const staged = this.#staged.get(collection)?.get(key);
    return staged ? staged.entry : collection.get(key);
  }

  /**
   * One atomic read-decide-write. `decide` runs at once and must not wait; what it throws refuses the write. The answer
   * comes when the write, and everything it was decided on, is durable.
   */
  async write(
    collection: Collection,
    key: string,
    decide: (current: Entry | undefined) => Decision,
  ): Promise<Change | undefined> {
    if (this.#closed) throw new Error('the store is closed');
    const current = this.newest(collection, key);
    const decision = decide(current);
    if (!decision) {
      await this.#staged.get(collection)?.get(key)?.durable;
      return undefined;
    }
    const { change, durable } = this.#stage(collection, key, current, decision);
    await durable;
    return change;
  }

  /** Objects of this collection vanish `ttlMs` after their last write. */
  expireAfter(collection: Collection, ttlMs: number): void {
    const queue = [...collection.current.values()].map((entry) => ({
      key: entry.key,
      rev: entry.rev,
      at: this.#clock.now(),
    }));
    this.#expiry.set(collection, { ttlMs, queue });
  }

  /** Waits until what is staged now is on disk, or has failed. */
  async flush(): Promise<void> {
    while (this.#committing || this.#open.writes.length > 0) {
      this.#hurry();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Ends housekeeping, waits for staged writes and closes the file. Later writes fail. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopHousekeeping();
    await this.flush();
    this.#log.close();
  }

  #stage(collection: Collection, key: string, current: Entry | undefined, decision: NonNullable<Decision>) {
    const rev = ++this.#nextRevision;
    const removing = 'remove' in decision;
    const decided = removing ? decision.remove : decision.object;
    decided.metadata.resourceVersion = String(rev);
    const object = removing && current ? lastState(current, rev) : decided;
    const entry = collection.makeEntry(key, rev, Buffer.from(JSON.stringify(object)), object);
    const type = removing ? 'DELETED' : current ? 'MODIFIED' : 'ADDED';
    const change: Change = { type, rev, at: this.#clock.now(), entry, previous: current };
    const group = this.#open;
    const durable = group.durable.promise;
    this.#stagedOf(collection).set(key, { rev, entry: removing ? undefined : entry, durable });
    group.writes.push({ collection, change });
    if (!collection.patient) this.#hurry();
    else if (group.writes.length === 1) this.#commitSoon();
    return { change, durable };
  }

  #stagedOf(collection: Collection): Map<string, Staged> {
    let staged = this.#staged.get(collection);
    if (!staged) {
      staged = new Map();
      this.#staged.set(collection, staged);
    }
    return staged;
  }

  #hurry(): void {
    if (this.#open.urgent) return;
    this.#open.urgent = true;
    this.#commitSoon();
  }

  /** At once, unless all that there is to write can wait for company. */
  #commitSoon(): void {
    if (this.#committing) return;
    if (this.#open.urgent) setImmediate(() => void this.#commit());
    else if (!this.#waiting) this.#commitLater();
  }

  /** The disk is real, whatever clock the store runs by. */
  #commitLater(): void {
    this.#waiting = true;
    systemClock.after(this.#patienceMs, () => {
      this.#waiting = false;
      void this.#commit();
    });
  }

  /** Writes the open group; whatever is staged meanwhile makes the next one. */
  async #commit(): Promise<void> {
    if (this.#committing || this.#open.writes.length === 0) return;
    this.#committing = true;
    const group = this.#open;
    this.#open = newGroup();
    const forget = this.#forget;
    this.#forget = [];
    try {
      await this.#log.commit({ append: group.writes.map(rowOf), forget, compacted: this.#compacted });
    } catch (error) {
      this.#forget = forget.concat(this.#forget);
      this.#fail(group, error);
      return;
    } finally {
      this.#committing = false;
    }
    for (const write of group.writes) this.#publish(write);
    group.durable.resolve();
    if (this.#open.writes.length > 0) this.#commitSoon();
  }

  #publish({ collection, change }: Write): void {
    const staged = this.#staged.get(collection)!;
    const { key } = change.entry;
    if (staged.get(key)?.rev === change.rev) staged.delete(key);
    this.#revision = change.rev;
    collection.publish(change, this.#onError);
    if (change.type !== 'DELETED') this.#expiry.get(collection)?.queue.push({ key, rev: change.rev, at: change.at });
  }

  /**
   * A failed commit takes with it everything that was decided on top of it. Its rows may be in the file all the same
   * (written, but not synced): the next commit takes them out, or a restart would bring them to life.
   */
  #fail(group: Group, error: unknown): void {
    const later = this.#open;
    this.#open = newGroup();
    for (const { change } of group.writes) this.#forget.push(change.rev);
    this.#staged.clear();
    group.durable.reject(error);
    if (later.writes.length > 0) later.durable.reject(error);
  }

  #replay(): void {
    for (const row of this.#log.rows()) {
      const collection = this.collection(row.collection);
      const previous = collection.get(row.key);
      const change = changeOf(row, collection, previous);
      if (change) collection.load(change);
      this.#nextRevision = this.#revision = row.rev;
    }
  }

  #scheduleHousekeeping(): void {
    this.#stopHousekeeping = this.#clock.after(HOUSEKEEPING_MS, () => {
      this.#housekeep();
      if (!this.#closed) this.#scheduleHousekeeping();
    });
  }

  #housekeep(): void {
    const now = this.#clock.now();
    const isOld = ({ at }: Change, bytes: number) =>
      at < now - this.#historyMs || bytes > this.#historyBytes * (at < now - FRESH_MS ? 1 : BURST);
    for (const collection of this.#collections.values()) {
      collection.releaseSnapshots();
      const dropped = collection.history.trim(isOld);
      for (const change of dropped) {
        if (change.previous) this.#forget.push(change.previous.rev);
        if (change.type === 'DELETED') this.#forget.push(change.rev);
      }
      if (dropped.length > 0) this.#compacted.set(collection.name, collection.history.compacted);
    }
    for (const [collection, expiry] of this.#expiry) this.#expire(collection, expiry);
  }

  #expire(collection: Collection, expiry: { ttlMs: number; queue: { key: string; rev: number; at: number }[] }): void {
    const oldest = this.#clock.now() - expiry.ttlMs;
    const due = expiry.queue.findIndex((item) => item.at > oldest);
    const expired = expiry.queue.splice(0, due < 0 ? expiry.queue.length : due);
    for (const { key, rev } of expired) {
      const remove = (current: Entry | undefined): Decision =>
        current?.rev === rev ? { remove: current.parse() } : undefined;
      this.write(collection, key, remove).catch(() => expiry.queue.unshift({ key, rev, at: oldest }));
    }
  }
}

function throwLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

function newGroup(): Group {
  return { writes: [], durable: Promise.withResolvers<void>(), urgent: false };
}

function rowOf({ collection, change }: Write): LogRow {
  const value = change.type === 'DELETED' ? null : change.entry.json;
  return { rev: change.rev, collection: collection.name, key: change.entry.key, value, at: change.at };
}

/** The change that a row records. A deletion of nothing (its forerunners were compacted) is no change. */
function changeOf(row: LogRow, collection: Collection, previous: Entry | undefined): Change | undefined {
  if (row.value) {
    const entry = collection.makeEntry(row.key, row.rev, Buffer.from(row.value));
    return { type: previous ? 'MODIFIED' : 'ADDED', rev: row.rev, at: row.at, entry, previous };
  }
  if (!previous) return undefined;
  const last = lastState(previous, row.rev);
  const entry = collection.makeEntry(row.key, row.rev, Buffer.from(JSON.stringify(last)));
  return { type: 'DELETED', rev: row.rev, at: row.at, entry, previous };
}

/** What a deletion shows: the object as it was stored last, at the deletion's revision; the same after a restart. */
function lastState(previous: Entry, rev: number): Json {
  const last = previous.parse();
  last.metadata.resourceVersion = String(rev);
  return last;
}
