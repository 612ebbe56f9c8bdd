/** What all handlers share: the store, the kinds served, time, and the rules that look beyond one object. */
import { type Clock, systemClock } from '../kube/index.ts';
import type { Admission } from './admission/index.ts';
import type { KubeletAddress } from './handlers/kubelet.ts';
import type { Json, ResourceDefinition } from './registry/definition.ts';
import { collectionName, type Registry } from './registry/registry.ts';
import type { Attributes, Collection, Store } from './storage/index.ts';

export interface PlaneOptions {
  readonly store: Store;
  readonly registry: Registry;
  readonly admission: Admission;
  readonly clock?: Clock;
  /** From 0 up to 1. */
  readonly random?: () => number;
  /** Where the hosts answer for their containers; asked each time, since a fleet may come and go. */
  readonly kubelet?: () => KubeletAddress | undefined;
}

export class Plane {
  readonly store: Store;
  readonly registry: Registry;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly random: () => number;
  readonly kubelet: () => KubeletAddress | undefined;
  readonly #collections = new WeakMap<ResourceDefinition, Collection>();
  readonly #builtIn = new Map<string, Collection>();

  constructor(options: PlaneOptions) {
    this.store = options.store;
    this.registry = options.registry;
    this.admission = options.admission;
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.kubelet = options.kubelet ?? (() => undefined);
  }

  /** Where the objects of a kind are kept. */
  collection(definition: ResourceDefinition): Collection {
    let collection = this.#collections.get(definition);
    if (!collection) {
      collection = this.store.collection(collectionName(definition));
      if (!definition.storedAs) {
        collection.describe = describer(definition);
        collection.patient = definition.patient ?? false;
        if (definition.ttlSeconds) this.store.expireAfter(collection, definition.ttlSeconds * 1000);
      }
      this.#collections.set(definition, collection);
    }
    return collection;
  }

  /** The objects of a built-in kind, for rules that look at several: `of('', 'namespaces')`. */
  of(group: string, plural: string): Collection {
    const name = `${group}/${plural}`;
    let collection = this.#builtIn.get(name);
    if (!collection) {
      collection = this.collection(this.#definition(group, plural));
      this.#builtIn.set(name, collection);
    }
    return collection;
  }

  #definition(group: string, plural: string): ResourceDefinition {
    for (const definition of this.registry.all())
      if (definition.group === group && definition.plural === plural && !definition.storedAs) return definition;
    throw new Error(`no kind is served as ${plural}.${group}`);
  }
}

function describer(definition: ResourceDefinition): (object: Json) => Attributes {
  const fields = Object.entries(definition.selectableFields ?? {});
  return (object) => ({
    labels: object.metadata?.labels ?? NONE,
    fields: fields.length === 0 ? NONE : Object.fromEntries(fields.map(([name, read]) => [name, read(object)])),
  });
}

const NONE: Readonly<Record<string, string>> = Object.freeze({});
