/** Gathers changes of all kinds and sends them together: at once when the engine is idle, else when it has time again. */
import type { Clock, KubeObject } from '../../kube/index.ts';
import { compact, type Layout } from '../tables/index.ts';
import { BatchBuilder } from './batch-builder.ts';
import type { Outlet } from './outlet.ts';

/** Changes wait so long for others. */
const GATHER_MS = 100;
const MOST = 10_000;
/** Rows rewritten since a table was last compacted, and the share of its rows, after which it is compacted. */
const DEAD_ROWS = 100_000;
const DEAD_SHARE = 0.5;

export interface Pending {
  readonly layout: Layout;
  readonly cluster: string;
  readonly objects: Map<bigint, KubeObject | undefined>;
  /** Statements that belong to this change, such as its status. */
  readonly after: () => readonly string[];
  /** How many objects the table has. */
  readonly size: () => number;
}

export class Batcher {
  readonly #outlet: Outlet;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #dead = new Map<Layout, number>();
  #pending = new Map<object, Pending>();
  #count = 0;
  #timer: (() => void) | undefined;
  #sending = false;

  constructor(outlet: Outlet, clock: Clock, onError: (error: unknown) => void) {
    this.#outlet = outlet;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Of several changes of one object the last one counts. `of` is whoever speaks for these objects. */
  put(of: object, make: () => Pending, key: bigint, object: KubeObject | undefined): void {
    const pending = this.#pending.get(of) ?? make();
    this.#pending.set(of, pending);
    pending.objects.set(key, object);
    this.#count++;
    if (this.#count >= MOST) void this.flush();
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
    } catch (error) {
      this.#onError(error);
    } finally {
      this.#sending = false;
    }
  }

  async #send(): Promise<void> {
    const all = [...this.#pending.values()];
    this.#pending = new Map();
    this.#count = 0;
    const builder = new BatchBuilder();
    for (const { layout, cluster, objects, after } of all) {
      builder.put(layout, cluster, objects);
      builder.finally(...after());
    }
    await this.#outlet.send(builder.build());
    for (const pending of all) await this.#compactIfDue(pending);
  }

  async #compactIfDue({ layout, objects, size }: Pending): Promise<void> {
    const dead = (this.#dead.get(layout) ?? 0) + objects.size;
    const due = dead > DEAD_ROWS && dead > size() * DEAD_SHARE;
    this.#dead.set(layout, due ? 0 : dead);
    if (due) await compactTables(this.#outlet, layout);
  }
}

/** One table after the other, so that nobody waits long. */
export async function compactTables(outlet: Outlet, layout: Layout): Promise<void> {
  for (const table of layout.tables) await outlet.send({ appends: [], statements: compact(table) });
  await outlet.send({ appends: [], statements: ['CHECKPOINT store'] });
}
