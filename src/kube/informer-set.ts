import type { KubeClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { Informer, type InformerOptions } from './informer.ts';
import type { KubeObject } from './object.ts';
import { pathOf, type ResourceType } from './resource-type.ts';

interface Shared {
  readonly informer: Informer<KubeObject>;
  readonly transform: unknown;
}

/** One informer for all who look at the same objects through the same transform. */
export class InformerSet {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #onError: ((error: unknown) => void) | undefined;
  readonly #shared = new Map<string, Shared[]>();
  #signal: AbortSignal | undefined;

  constructor(client: KubeClient, clock: Clock = systemClock, onError?: (error: unknown) => void) {
    this.#client = client;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Indexers are added to those that others asked for; the informer starts with the set, or at once if that has. */
  of<T extends KubeObject>(type: ResourceType<T>, options: InformerOptions<T> = {}): Informer<T> {
    const scope = scopeOf(type, options);
    const known = this.#shared.get(scope)?.find((one) => one.transform === options.transform);
    const informer = known ? (known.informer as unknown as Informer<T>) : this.#make(scope, type, options);
    if (known && options.indexers) informer.addIndexers(options.indexers);
    return informer;
  }

  start(signal: AbortSignal): void {
    if (this.#signal) throw new Error('the informers were started before');
    this.#signal = signal;
    for (const informer of this.#all()) informer.start(signal);
  }

  /** Resolves when every informer asked for until now has its first list. */
  async synced(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.#all().map((informer) => informer.synced(signal)));
  }

  #make<T extends KubeObject>(scope: string, type: ResourceType<T>, options: InformerOptions<T>): Informer<T> {
    const informer = new Informer(this.#client, type, { clock: this.#clock, onError: this.#onError, ...options });
    const one = { informer: informer as unknown as Informer<KubeObject>, transform: options.transform };
    this.#shared.set(scope, [...(this.#shared.get(scope) ?? []), one]);
    if (this.#signal) informer.start(this.#signal);
    return informer;
  }

  #all(): Informer<KubeObject>[] {
    return [...this.#shared.values()].flat().map((one) => one.informer);
  }
}

function scopeOf<T extends KubeObject>(type: ResourceType<T>, o: InformerOptions<T>): string {
  return JSON.stringify([pathOf(type, { namespace: o.namespace }), o.labelSelector ?? '', o.fieldSelector ?? '']);
}
