/** Gathers changes of all kinds and sends them together: at once when the engine is idle, else when it has time again. */
import type { Clock, KubeObject } from '../../kube/index.ts';
import type { Layout } from '../tables/index.ts';
import { BatchBuilder } from './batch-builder.ts';
import { compactTables } from './compaction.ts';
import type { KnownObjects } from './known-objects.ts';
import type { Outlet } from './outlet.ts';
import type { Part } from './part.ts';

/** Changes wait so long for others. */
const GATHER_MS = 100;
/** So many are sent at once; when as many again wait, their readers do too. Objects may be large: the same in characters. */
const MOST = 5000;
const MOST_CHARACTERS = 16 << 20;
/** The share of a table's rows after whose rewriting it is compacted. */
const DEAD_SHARE = 0.5;

export interface BatcherOptions {
  /** The engine has not taken a batch. */
  readonly onError: (error: unknown) => void;
  /** Rows that are rewritten before a table is compacted, however small it is. @default 100_000 */
  readonly deadRows?: number;
}

/** Changes of the objects that one feed speaks for. */
export interface Pending {
  readonly part: Part;
  readonly known: KnownObjects;
  /** Statements that belong to these changes, such as their status. */
  readonly after: () => readonly string[];
  /** Told when the engine has not taken the changes: they are in no table. */
  readonly onLost: (error: unknown) => void;
}

/** What waits, and what waits for that: the newest change of objects that have changed again meanwhile. */
interface Waiting extends Pending {
  readonly make: () => Pending;
  readonly late: Map<bigint, KubeObject | undefined>;
}

export class Batcher {
  readonly #outlet: Outlet;
  readonly #clock: Clock;
  readonly #o: BatcherOptions;
  readonly #dead = new Map<Layout, number>();
  #pending = new Map<object, Waiting>();
  #count = 0;
  #characters = 0;
  #timer: (() => void) | undefined;
  #sending = false;
  #waiting: (() => void)[] = [];

  constructor(outlet: Outlet, clock: Clock, options: BatcherOptions) {
    this.#outlet = outlet;
    this.#clock = clock;
    this.#o = options;
  }

  /** More changes wait than the engine takes soon: who reads more should wait for {@link room}. */
  get full(): boolean {
    return this.#count >= 2 * MOST || this.#characters >= 2 * MOST_CHARACTERS;
  }

  async room(): Promise<void> {
    while (this.full) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Of several changes of one object the last one counts. `of` is whoever speaks for these objects. */
  put(of: object, make: () => Pending, key: bigint, object: KubeObject | undefined): void {
    const pending = this.#pending.get(of) ?? { ...make(), make, late: new Map() };
    const { part, known, late } = pending;
    this.#pending.set(of, pending);
    const before = part.characters;
    if (!part.change(key, object, known)) late.set(key, object);
    this.#characters += part.characters - before;
    this.#count++;
    if (this.#count >= MOST || this.#characters >= MOST_CHARACTERS) void this.flush();
    else this.#timer ??= this.#clock.after(GATHER_MS, () => void this.flush());
  }

  /** Forgets what waits of one speaker: a new list of it tells all. */
  drop(of: object): void {
    this.#pending.delete(of);
  }

  async flush(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#pending.size > 0) await this.#send();
    } finally {
      this.#sending = false;
    }
  }

  async #send(): Promise<void> {
    const all = [...this.#pending];
    this.#pending = new Map();
    [this.#count, this.#characters] = [0, 0];
    const builder = new BatchBuilder();
    for (const [of, { part, after, make, late }] of all) {
      builder.put(part, 'live');
      builder.finally(...after());
      for (const [key, object] of late) this.put(of, make, key, object);
    }
    this.#release();
    try {
      await this.#outlet.send(builder.build());
    } catch (error) {
      for (const [, { onLost }] of all) onLost(error);
      return this.#o.onError(error);
    }
    for (const [, pending] of all) await this.#compactIfDue(pending).catch(this.#o.onError);
  }

  async #compactIfDue({ part: { layout, count }, known }: Pending): Promise<void> {
    const dead = (this.#dead.get(layout) ?? 0) + count;
    const due = dead > (this.#o.deadRows ?? 100_000) && dead > known.size * DEAD_SHARE;
    this.#dead.set(layout, due ? 0 : dead);
    if (due) await compactTables(this.#outlet, layout, this.#clock);
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
