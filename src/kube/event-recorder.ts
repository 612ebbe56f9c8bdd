/** Tells people, through Events beside an object, what was done to it and why. */

import type { KubeClient } from './client.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import { type Decision, EventAggregator, eventObject, type Occurrence } from './event-aggregator.ts';
import type { KubeObject } from './object.ts';
import { EVENTS } from './resource-type.ts';
import { isStatus, StatusError } from './status.ts';

export interface EventRecorderOptions {
  readonly clock?: Clock;
  /** The host the component runs on. */
  readonly host?: string;
  /** Told of events that could not be written. */
  readonly onError?: (error: unknown) => void;
}

/** More than this waiting to be written are dropped: events are a courtesy, never a load. */
const WAITING_MAX = 1000;
const ATTEMPTS = 12;
const RETRY_MS = 10_000;

/**
 * Never throws and never waits. Equal events become one with a count, many that differ in their message only become one
 * that says so, and an object that has too many gets no more for a while.
 */
export class EventRecorder {
  readonly #client: Pick<KubeClient, 'create' | 'patch'>;
  readonly #component: string;
  readonly #o: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #aggregator: EventAggregator;
  readonly #waiting: Occurrence[] = [];
  #writing: Promise<void> | undefined;

  constructor(client: Pick<KubeClient, 'create' | 'patch'>, component: string, options: EventRecorderOptions = {}) {
    this.#client = client;
    this.#component = component;
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    this.#aggregator = new EventAggregator(this.#clock);
  }

  /** Objects got from an informer carry their kind; one without it cannot be named and gets no event. */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#waiting.push({ object, type, reason, message });
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all that was recorded has been written or given up. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve();
    for (let event = this.#waiting.shift(); event; event = this.#waiting.shift()) {
      const decision = this.#aggregator.decide(event);
      if (decision) await this.#write(decision, event);
    }
    this.#writing = undefined;
  }

  /** Refusals are final; a server that cannot be reached is tried for two minutes. */
  async #write(decision: Decision, event: Occurrence): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(decision, event);
      } catch (error) {
        if (error instanceof StatusError || attempt >= ATTEMPTS) {
          this.#o.onError?.(error);
          return;
        }
        await sleep(this.#clock, RETRY_MS);
      }
    }
  }

  async #send(decision: Decision, event: Occurrence): Promise<void> {
    const from = { component: this.#component, host: this.#o.host, now: this.#clock.now() };
    const object = eventObject(decision, event, from);
    const { record } = decision;
    const { namespace } = object.metadata;
    if (record.written) {
      const { message, count, lastTimestamp } = object;
      const patch = { kind: 'strategic' as const, body: { message, count, lastTimestamp } };
      try {
        await this.#client.patch(EVENTS, record.name, patch, { namespace });
        return;
      } catch (error) {
        if (!isStatus(error, 'NotFound')) throw error;
        this.#aggregator.forget(record);
      }
    }
    await this.#client.create(EVENTS, object);
    record.written = true;
  }
}
