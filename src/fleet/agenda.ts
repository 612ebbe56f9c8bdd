/** Who is to be looked at when: any number of keys, one timer. */
import type { Clock } from '../kube/index.ts';

interface Entry<K> {
  readonly key: K;
  readonly at: number;
}

export interface AgendaOptions<K> {
  readonly clock: Clock;
  /** Called once for each key that is due; must not throw. */
  readonly due: (key: K) => void;
  /** Milliseconds of real time after which other work gets a turn. @default 15 */
  readonly sliceMs?: number;
}

/** Each key stands in the agenda at most once; the heap may still hold its earlier entries, which are passed over. */
export class Agenda<K> {
  readonly #options: AgendaOptions<K>;
  readonly #heap: Entry<K>[] = [];
  readonly #at = new Map<K, number>();
  #timer: { at: number; cancel: () => void } | undefined;
  #closed = false;

  constructor(options: AgendaOptions<K>) {
    this.#options = options;
  }

  get size(): number {
    return this.#at.size;
  }

  /** Sets the time of `key`, replacing an earlier one. */
  set(key: K, at: number): void {
    if (this.#closed || this.#at.get(key) === at) return;
    this.#at.set(key, at);
    push(this.#heap, { key, at });
    this.#arm();
  }

  /** Keeps the earlier of the time that stands and this one. */
  hasten(key: K, at: number): void {
    const standing = this.#at.get(key);
    if (standing === undefined || at < standing) this.set(key, at);
  }

  remove(key: K): void {
    this.#at.delete(key);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#at.clear();
    this.#heap.length = 0;
  }

  #arm(): void {
    const first = this.#heap[0];
    if (!first || this.#closed || (this.#timer && this.#timer.at <= first.at)) return;
    this.#timer?.cancel();
    const cancel = this.#options.clock.after(Math.max(0, first.at - this.#options.clock.now()), () => this.#run());
    this.#timer = { at: first.at, cancel };
  }

  #run(): void {
    this.#timer = undefined;
    const until = performance.now() + (this.#options.sliceMs ?? 15);
    for (let done = 0; this.#heap.length > 0 && this.#heap[0]!.at <= this.#options.clock.now(); done++) {
      if (done % 16 === 15 && performance.now() > until) break;
      const { key, at } = pop(this.#heap);
      if (this.#at.get(key) !== at) continue;
      this.#at.delete(key);
      this.#options.due(key);
    }
    this.#arm();
  }
}

function push<K>(heap: Entry<K>[], entry: Entry<K>): void {
  let i = heap.push(entry) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (heap[parent]!.at <= entry.at) break;
    heap[i] = heap[parent]!;
    i = parent;
  }
  heap[i] = entry;
}

function pop<K>(heap: Entry<K>[]): Entry<K> {
  const top = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++;
    if (heap[child]!.at >= last.at) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = last;
  return top;
}
