/** Decides what becomes of an event: a new object, one more count on an old one, or nothing. */

import type { Clock } from './clock.ts';
import { rfc3339 } from './clock.ts';
import type { CoreEvent, KubeObject } from './object.ts';

export interface Occurrence {
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What was written of events that are the same but for their time. */
export interface EventRecord {
  readonly name: string;
  readonly firstTimestamp: string;
  count: number;
  /** Is it on the server, so that the next is a patch? */
  written: boolean;
}

export interface Decision {
  readonly record: EventRecord;
  readonly message: string;
}

/** Events of one kind on one object that differ in their message only: beyond so many they become one. */
const SIMILAR_MAX = 9;
const SIMILAR_WINDOW_MS = 600_000;
/** Of one object at once, and then one in so long. */
const BURST = 25;
const REFILL_MS = 300_000;
const REMEMBERED = 4096;

export class EventAggregator {
  readonly #clock: Clock;
  readonly #budgets = new Recent<{ tokens: number; at: number }>();
  readonly #similar = new Recent<{ messages: Set<string>; at: number }>();
  readonly #records = new Recent<EventRecord>();
  #serial = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Nothing when the object has had too many events of late. */
  decide(event: Occurrence): Decision | undefined {
    const object = objectKey(event.object);
    if (!this.#withinBudget(object)) return undefined;
    const kind = [object, event.type, event.reason].join('\n');
    const combined = this.#isOneOfMany(kind, event.message);
    const message = combined ? `(combined from similar events): ${event.message}` : event.message;
    const record = this.#recordOf(combined ? kind : `${kind}\n${event.message}`, event.object);
    record.count++;
    return { record, message };
  }

  /** The server no longer has it: the next is a new object. */
  forget(record: EventRecord): void {
    record.written = false;
  }

  #withinBudget(object: string): boolean {
    const now = this.#clock.now();
    const budget = this.#budgets.get(object) ?? { tokens: BURST, at: now };
    budget.tokens = Math.min(BURST, budget.tokens + (now - budget.at) / REFILL_MS);
    budget.at = now;
    this.#budgets.set(object, budget);
    if (budget.tokens < 1) return false;
    budget.tokens--;
    return true;
  }

  #isOneOfMany(kind: string, message: string): boolean {
    const now = this.#clock.now();
    const known = this.#similar.get(kind);
    const group = known && now - known.at <= SIMILAR_WINDOW_MS ? known : { messages: new Set<string>(), at: now };
    group.at = now;
    if (group.messages.size < SIMILAR_MAX) group.messages.add(message);
    this.#similar.set(kind, group);
    return !group.messages.has(message);
  }

  #recordOf(key: string, object: KubeObject): EventRecord {
    const known = this.#records.get(key);
    const record = known ?? { name: this.#nameFor(object), firstTimestamp: this.#time(), count: 0, written: false };
    this.#records.set(key, record);
    return record;
  }

  #nameFor(object: KubeObject): string {
    const stamp = (this.#clock.now() * 1000 + (this.#serial++ % 1000)).toString(16);
    return `${object.metadata.name.slice(0, 230).replace(/[^a-z0-9]+$/, '')}.${stamp}`;
  }

  #time(): string {
    return rfc3339(this.#clock.now());
  }
}

export function eventObject(
  decision: Decision,
  event: Occurrence,
  from: { component: string; host: string | undefined; now: number },
): Omit<CoreEvent, 'metadata'> & { metadata: { name: string; namespace: string } } {
  const { kind, apiVersion, metadata } = event.object;
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    metadata: { name: decision.record.name, namespace: namespace ?? 'default' },
    involvedObject: { kind, apiVersion, namespace, name, uid, resourceVersion },
    type: event.type,
    reason: event.reason,
    message: decision.message.slice(0, 1024),
    source: { component: from.component, ...(from.host && { host: from.host }) },
    reportingComponent: from.component,
    reportingInstance: from.host ?? '',
    count: decision.record.count,
    firstTimestamp: decision.record.firstTimestamp,
    lastTimestamp: rfc3339(from.now),
  };
}

function objectKey({ apiVersion = '', kind = '', metadata }: KubeObject): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name, metadata.uid].join('\n');
}

/** Forgets what was longest out of use. */
class Recent<V> {
  readonly #entries = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > REMEMBERED) this.#entries.delete(this.#entries.keys().next().value!);
  }
}
