/**
 * Pods that wait for a decision. A Pod is in one place: active (next to be decided), backing off after a refusal, parked
 * until something happens that could help it, gated until its gates are gone, or in flight (popped and not yet answered).
 */
import { type Clock, type Pod, systemClock } from '../../kube/index.ts';
import type { ClusterEvent } from './cluster-event.ts';
import { Heap } from './heap.ts';
import type { PodInfo } from './pod-info.ts';
import type { NamespaceLabels } from './pod-matcher.ts';
import { isWorthAnotherTry, LABEL_SENSITIVE } from './requeue-hints.ts';

export type QueuePlace = 'active' | 'backoff' | 'parked' | 'gated' | 'flight';

export interface QueuedPod {
  readonly key: string;
  info: PodInfo;
  place: QueuePlace;
  /** Tries so far. */
  attempts: number;
  /** When it came into the queue for the first time. */
  readonly since: number;
  /** When it last went to wait: the older first, among equal priorities. */
  queuedAt: number;
  /** Not to be tried before. */
  backoffUntil: number;
  /** Plugins that refused it at the last try. */
  refusedBy: ReadonlySet<string>;
  /** An event that could help came while the Pod was in flight. */
  stale: boolean;
  readonly order: number;
  /** Only the heap entry with this number is the Pod's present one. */
  ticket: number;
  /** Where it is parked. */
  group?: string;
}

interface Entry {
  readonly pod: QueuedPod;
  readonly ticket: number;
  readonly due: number;
}

export interface QueueOptions {
  readonly clock?: Clock;
  readonly namespaceLabels?: NamespaceLabels;
  /** @default 1000 */
  readonly initialBackoffMs?: number;
  /** @default 10000 */
  readonly maxBackoffMs?: number;
  /** Parked Pods are tried again after so long even when nothing happened. @default 300000 */
  readonly maxParkedMs?: number;
}

/** Parked Pods that one answer holds for: equal class, equal refusals and, where it matters, equal labels. */
interface Group {
  readonly example: PodInfo;
  readonly refusedBy: ReadonlySet<string>;
  readonly members: Set<QueuedPod>;
}

export class SchedulingQueue {
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active = new Heap<Entry>((a, b) => comesFirst(a.pod, b.pod));
  /** Refused Pods: popped early when nothing else is to do, as waiting would help nobody. */
  readonly #backoff = new Heap<Entry>(isDueFirst);
  /** Failed Pods: what made them fail is given its time. */
  readonly #failures = new Heap<Entry>(isDueFirst);
  readonly #flight = new Set<QueuedPod>();
  readonly #groups = new Map<string, Group>();
  readonly #clock: Clock;
  readonly #namespaceLabels: NamespaceLabels;
  readonly #initialBackoffMs: number;
  readonly #maxBackoffMs: number;
  readonly #maxParkedMs: number;
  readonly #listeners = new Set<() => void>();
  #order = 0;

  constructor(options: QueueOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#namespaceLabels = options.namespaceLabels ?? (() => undefined);
    this.#initialBackoffMs = options.initialBackoffMs ?? 1000;
    this.#maxBackoffMs = options.maxBackoffMs ?? 10_000;
    this.#maxParkedMs = options.maxParkedMs ?? 300_000;
  }

  get size(): number {
    return this.#pods.size;
  }

  place(key: string): QueuePlace | undefined {
    return this.#pods.get(key)?.place;
  }

  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  /** How many Pods are where. */
  counts(): Readonly<Record<QueuePlace, number>> {
    const counts = { active: 0, backoff: 0, parked: 0, gated: 0, flight: 0 };
    for (const { place } of this.#pods.values()) counts[place]++;
    return counts;
  }

  /** Called whenever a Pod may be ready to pop; the answer takes the listener off. */
  onReady(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A Pod to schedule, new or changed. A change of its spec, labels or gates is a reason to try it again. */
  set(info: PodInfo): void {
    const known = this.#pods.get(info.key);
    if (known) this.#update(known, info);
    else this.#add(info);
  }

  #update(known: QueuedPod, info: PodInfo): void {
    const before = known.info;
    known.info = info;
    if (known.place === 'flight') known.stale ||= isNews(before, info);
    else if (known.place === 'gated') this.#add(info, known);
    else if (known.place === 'parked' && isNews(before, info)) this.#wake(known);
    else if (known.place === 'active' && before.priority !== info.priority) this.#activate(known);
  }

  delete(key: string): void {
    const pod = this.#pods.get(key);
    if (!pod) return;
    this.#leave(pod);
    this.#pods.delete(key);
  }

  /** The next Pod to decide, which is in flight from now on: {@link done} or {@link refused} must follow. */
  pop(): QueuedPod | undefined {
    this.#releaseDue();
    const pod = this.#take(this.#active, 'active') ?? this.#take(this.#backoff, 'backoff');
    if (!pod) return undefined;
    pod.place = 'flight';
    this.#flight.add(pod);
    pod.stale = false;
    pod.attempts++;
    return pod;
  }

  /** The Pod is placed. */
  done(key: string): void {
    if (this.#pods.get(key)?.place === 'flight') this.delete(key);
  }

  /** No host took the Pod: it waits until something happens that could change the plugins' minds. */
  refused(pod: QueuedPod, refusedBy: ReadonlySet<string>): void {
    if (this.#pods.get(pod.key) !== pod || pod.place !== 'flight') return;
    pod.refusedBy = refusedBy;
    pod.queuedAt = this.#clock.now();
    pod.backoffUntil = pod.queuedAt + this.#backoffMs(pod.attempts);
    if (pod.stale) this.#startBackoff(pod, true);
    else this.#park(pod);
  }

  /** Something went wrong that is not the Pod's fault: it is tried again after its back-off, and not before. */
  failed(pod: QueuedPod): void {
    if (this.#pods.get(pod.key) !== pod || pod.place !== 'flight') return;
    pod.queuedAt = this.#clock.now();
    pod.backoffUntil = pod.queuedAt + this.#backoffMs(pod.attempts);
    this.#startBackoff(pod, false);
  }

  /** Wakes the Pods that the event could help. */
  happened(event: ClusterEvent): void {
    for (const group of [...this.#groups.values()]) {
      if (!isWorthAnotherTry(group.example, group.refusedBy, event, this.#namespaceLabels)) continue;
      for (const pod of [...group.members]) this.#wake(pod);
    }
    for (const pod of this.#flight) pod.stale = true;
  }

  /** Wakes what has been parked too long; answers when to call again, in ms. */
  flush(): number {
    const now = this.#clock.now();
    let next = this.#maxParkedMs;
    for (const { members } of [...this.#groups.values()]) {
      for (const pod of [...members]) {
        const left = pod.queuedAt + this.#maxParkedMs - now;
        if (left <= 0) this.#wake(pod);
        else next = Math.min(next, left);
      }
    }
    return next;
  }

  /** When the next Pod comes out of its back-off, in ms from now. */
  get nextDueMs(): number | undefined {
    const due = [top(this.#backoff, 'backoff'), top(this.#failures, 'backoff')].flatMap((entry) => entry?.due ?? []);
    return due.length === 0 ? undefined : Math.max(0, Math.min(...due) - this.#clock.now());
  }

  #add(info: PodInfo, known?: QueuedPod): void {
    const now = this.#clock.now();
    const pod: QueuedPod = known ?? {
      key: info.key,
      info,
      place: 'gated',
      attempts: 0,
      since: now,
      queuedAt: now,
      backoffUntil: 0,
      refusedBy: new Set(),
      stale: false,
      order: this.#order++,
      ticket: 0,
    };
    this.#pods.set(info.key, pod);
    if (isGated(info.pod)) pod.place = 'gated';
    else this.#activate(pod);
  }

  #activate(pod: QueuedPod): void {
    this.#leave(pod);
    pod.place = 'active';
    this.#active.push({ pod, ticket: ++pod.ticket, due: 0 });
    this.#tell();
  }

  #startBackoff(pod: QueuedPod, mayBeEarly: boolean): void {
    this.#leave(pod);
    pod.place = 'backoff';
    (mayBeEarly ? this.#backoff : this.#failures).push({ pod, ticket: ++pod.ticket, due: pod.backoffUntil });
    this.#tell();
  }

  #park(pod: QueuedPod): void {
    this.#leave(pod);
    pod.place = 'parked';
    const key = groupKey(pod);
    const group = this.#groups.get(key) ?? { example: pod.info, refusedBy: pod.refusedBy, members: new Set() };
    group.members.add(pod);
    pod.group = key;
    this.#groups.set(key, group);
  }

  #wake(pod: QueuedPod): void {
    if (pod.backoffUntil > this.#clock.now()) this.#startBackoff(pod, true);
    else this.#activate(pod);
  }

  /** Heaps drop what has left them when they come upon it. */
  #leave(pod: QueuedPod): void {
    this.#flight.delete(pod);
    pod.ticket++;
    const group = pod.group === undefined ? undefined : this.#groups.get(pod.group);
    if (group?.members.delete(pod) && group.members.size === 0) this.#groups.delete(pod.group!);
    delete pod.group;
  }

  #releaseDue(): void {
    const now = this.#clock.now();
    for (const heap of [this.#backoff, this.#failures]) {
      for (let next = top(heap, 'backoff'); next && next.due <= now; next = top(heap, 'backoff'))
        this.#activate(next.pod);
    }
  }

  #take(heap: Heap<Entry>, place: QueuePlace): QueuedPod | undefined {
    if (!top(heap, place)) return undefined;
    return heap.pop()!.pod;
  }

  #backoffMs(attempts: number): number {
    return Math.min(this.#maxBackoffMs, this.#initialBackoffMs * 2 ** (attempts - 1));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The first entry that still holds; those before it are dropped. */
function top(heap: Heap<Entry>, place: QueuePlace): Entry | undefined {
  for (let entry = heap.peek(); entry; entry = heap.peek()) {
    if (entry.pod.place === place && entry.pod.ticket === entry.ticket) return entry;
    heap.pop();
  }
  return undefined;
}

/** PrioritySort: higher priority, then longer wait. */
function comesFirst(a: QueuedPod, b: QueuedPod): boolean {
  const [p, q] = [a.info.priority, b.info.priority];
  if (p !== q) return p > q;
  return a.queuedAt < b.queuedAt || (a.queuedAt === b.queuedAt && a.order < b.order);
}

function isDueFirst(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.pod.order < b.pod.order);
}

export function isGated(pod: Pod): boolean {
  return (pod.spec.schedulingGates ?? []).length > 0;
}

function isNews(before: PodInfo, after: PodInfo): boolean {
  return (
    before.class !== after.class ||
    before.priority !== after.priority ||
    JSON.stringify(before.labels) !== JSON.stringify(after.labels)
  );
}

function groupKey({ info, refusedBy }: QueuedPod): string {
  const plugins = [...refusedBy].sort();
  const labels = plugins.some((plugin) => LABEL_SENSITIVE.has(plugin)) ? info.labels : undefined;
  return JSON.stringify([info.class.id, plugins, labels]);
}
