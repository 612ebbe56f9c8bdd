/** Owners and dependents across all resources the server has, read from the caches' indexes. */

import { BY_OWNER, type Caches, type DiscoveredType, groupOf } from '../../../control/index.ts';
import { type Informer, type KubeObject, keyOf, type OwnerReference, type ResourceType } from '../../../kube/index.ts';

/** An object together with the resource it is one of. */
export interface Member {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

export interface GraphHandler {
  changed(member: Member, old: KubeObject | undefined): void;
  gone(member: Member): void;
}

/** Nobody owns them and they own nothing; watching them would be the larger part of the traffic. */
const IGNORED = new Set(['events.', 'events.events.k8s.io']);

interface Monitor {
  readonly type: ResourceType;
  readonly informer: Informer<KubeObject>;
  readonly stop: () => void;
}

export class Graph {
  readonly #caches: Caches;
  readonly #handler: GraphHandler;
  readonly #monitors = new Map<string, Monitor>();
  readonly #byKind = new Map<string, Monitor>();

  constructor(caches: Caches, handler: GraphHandler) {
    this.#caches = caches;
    this.#handler = handler;
  }

  /** Watches these types and no others from now on. Types that could not be asked about this time stay watched. */
  watch(types: readonly DiscoveredType[], unsure: ReadonlySet<string>): void {
    const wanted = new Map(types.filter(isWatchable).map((type) => [typeKey(type), type]));
    for (const [key, monitor] of this.#monitors) {
      if (!wanted.has(key) && !unsure.has(monitor.type.group)) this.#unwatch(key, monitor);
    }
    for (const [key, type] of wanted) if (!this.#monitors.has(key)) this.#watch(key, type);
  }

  get(typeName: string, key: string): Member | undefined {
    const monitor = this.#monitors.get(typeName);
    const object = monitor?.informer.get(key);
    return object && { type: monitor!.type, object };
  }

  typeOf(reference: OwnerReference): ResourceType | undefined {
    return this.#byKind.get(kindKey(groupOf(reference.apiVersion), reference.kind))?.type;
  }

  /** The owner as cached; undefined tells nothing certain. */
  owner(of: KubeObject, reference: OwnerReference): KubeObject | undefined {
    const monitor = this.#byKind.get(kindKey(groupOf(reference.apiVersion), reference.kind));
    const namespace = monitor?.type.namespaced ? of.metadata.namespace : undefined;
    const owner = monitor?.informer.get(keyOf({ metadata: { namespace, name: reference.name } }));
    return owner?.metadata.uid === reference.uid ? owner : undefined;
  }

  dependents(uid: string): Member[] {
    return [...this.#monitors.values()].flatMap(({ type, informer }) =>
      informer.byIndex(BY_OWNER, uid).map((object) => ({ type, object })),
    );
  }

  #watch(key: string, type: ResourceType): void {
    const informer = this.#caches.metadata(type);
    const handler = this.#handler;
    const stop = informer.onChange({
      add: (object) => handler.changed({ type, object }, undefined),
      update: (object, old) => handler.changed({ type, object }, old),
      delete: (object) => handler.gone({ type, object }),
    });
    const monitor = { type, informer, stop };
    this.#monitors.set(key, monitor);
    this.#byKind.set(kindKey(type.group, type.kind), monitor);
  }

  #unwatch(key: string, monitor: Monitor): void {
    monitor.stop();
    this.#caches.forget(monitor.type);
    this.#monitors.delete(key);
    this.#byKind.delete(kindKey(monitor.type.group, monitor.type.kind));
  }
}

export function typeKey(type: ResourceType): string {
  return `${type.plural}.${type.group}`;
}

function kindKey(group: string, kind: string): string {
  return `${group}/${kind}`;
}

function isWatchable(type: DiscoveredType): boolean {
  return ['delete', 'list', 'watch'].every((verb) => type.verbs.includes(verb)) && !IGNORED.has(typeKey(type));
}
