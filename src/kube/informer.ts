/** A local copy of a collection, kept up to date, with indexes and handlers of changes. */

import type { KubeClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { type KubeObject, keyOf } from './object.ts';
import { Reflector, type ReflectorSource } from './reflector.ts';
import type { ResourceType } from './resource-type.ts';
import { sharedStrings } from './shared-strings.ts';
import { type Indexer, Store } from './store.ts';
import type { WatchEvent } from './watch-event.ts';

export interface InformerOptions<T> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Applied to each object before it is kept, e.g. {@link withoutManagedFields}; it may change the object. */
  readonly transform?: (object: T) => T;
  readonly indexers?: Readonly<Record<string, Indexer<T>>>;
  /** Makes a change to a shared object an error where it happens; for tests, as it takes time. @default false */
  readonly freeze?: boolean;
  /** Ask for streaming lists where the server has them. @default true */
  readonly streaming?: boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told of lost connections, refusals and of handlers that threw; the informer goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

export interface ChangeHandler<T> {
  add?(object: T): void;
  update?(object: T, old: T): void;
  delete?(object: T): void;
}

/** After so many changes at one go other work gets its turn. */
const BREATH = 1000;

/**
 * Objects are shared and must not be changed. Handlers are called in order, after the copy has changed; one that throws
 * keeps nobody else from being told. An object deleted and made anew under the same name while no one was looking is a
 * delete and an add, never an update.
 */
export class Informer<T extends KubeObject> {
  readonly #store: Store<T>;
  readonly #reflector: Reflector<T>;
  readonly #onError: (error: unknown) => void;
  readonly #firstSync = Promise.withResolvers<void>();
  #handlers: readonly { readonly handler: ChangeHandler<T> }[] = [];
  #started = false;
  #hasSynced = false;

  constructor(client: Pick<KubeClient, 'list' | 'watch'>, type: ResourceType<T>, options: InformerOptions<T> = {}) {
    this.#onError = options.onError ?? (() => {});
    this.#store = new Store(options.indexers, this.#onError);
    const share = sharedStrings<T>();
    const keep = options.freeze ? (object: T) => deepFreeze(share(object)) : share;
    const transform = (object: T) => keep(options.transform?.(object) ?? object);
    this.#reflector = new Reflector(
      sourceOf(client, type, options),
      { replace: (objects) => this.#replace(objects), apply: (event) => this.#apply(event) },
      { ...options, transform, clock: options.clock ?? systemClock, onError: this.#onError },
    );
  }

  start(signal: AbortSignal): void {
    if (this.#started) throw new Error('the informer was started before');
    this.#started = true;
    void this.#reflector.run(signal);
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves when the first list has been taken in and handlers have been told of it. */
  synced(signal?: AbortSignal): Promise<void> {
    return signal ? orAborted(this.#firstSync.promise, signal) : this.#firstSync.promise;
  }

  /** Up to which version the copy is known to be complete; empty before the first list. */
  get resourceVersion(): string {
    return this.#reflector.resourceVersion;
  }

  /** When the server last told anything of the collection, by this side's clock. */
  get heardAt(): number {
    return this.#reflector.heardAt;
  }

  get size(): number {
    return this.#store.size;
  }

  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): IterableIterator<T> {
    return this.#store.list();
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  indexValues(index: string): IterableIterator<string> {
    return this.#store.indexValues(index);
  }

  addIndexers(indexers: Readonly<Record<string, Indexer<T>>>): void {
    for (const [name, indexer] of Object.entries(indexers)) this.#store.addIndex(name, indexer);
  }

  /** Calls `add` for what is there already. The answer takes the handler off again; given twice it is told twice. */
  onChange(handler: ChangeHandler<T>): () => void {
    for (const object of [...this.#store.list()]) this.#call(() => handler.add?.(object));
    const registered = { handler };
    this.#handlers = [...this.#handlers, registered];
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== registered);
    };
  }

  async #replace(objects: ReadonlyMap<string, T>): Promise<void> {
    let count = 0;
    for (const [key, object] of objects) {
      this.#put(key, object);
      if (++count % BREATH === 0) await breath();
    }
    for (const key of [...this.#store.keys()]) if (!objects.has(key)) this.#remove(key);
    this.#hasSynced = true;
    this.#firstSync.resolve();
  }

  #apply(event: WatchEvent<T>): void {
    const key = keyOf(event.object);
    if (event.type === 'DELETED') this.#remove(key, event.object);
    else this.#put(key, event.object);
  }

  #put(key: string, object: T): void {
    const known = this.#store.get(key);
    if (known?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (known && known.metadata.uid !== object.metadata.uid) this.#remove(key);
    const old = this.#store.set(key, object);
    this.#tell((handler) => (old ? handler.update?.(object, old) : handler.add?.(object)));
  }

  /** `last` is the final state where the server told it. */
  #remove(key: string, last?: T): void {
    const old = this.#store.delete(key);
    if (old) this.#tell((handler) => handler.delete?.(last ?? old));
  }

  #tell(call: (handler: ChangeHandler<T>) => void): void {
    for (const { handler } of this.#handlers) this.#call(() => call(handler));
  }

  #call(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onError(error);
    }
  }
}

/**
 * A transform: `managedFields` are often a third of an object, and few need them. The field stays, without a value:
 * deleting it would make each `metadata` a hash table, which costs as much as it saves.
 */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (object.metadata.managedFields) object.metadata.managedFields = undefined;
  return object;
}

function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

function sourceOf<T extends KubeObject>(
  client: Pick<KubeClient, 'list' | 'watch'>,
  type: ResourceType<T>,
  o: InformerOptions<T>,
): ReflectorSource<T> {
  const scope = { namespace: o.namespace, labelSelector: o.labelSelector, fieldSelector: o.fieldSelector };
  return {
    list: (options) => client.list(type, { ...options, ...scope }),
    watch: (options) => client.watch(type, { ...options, ...scope }),
  };
}

function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
