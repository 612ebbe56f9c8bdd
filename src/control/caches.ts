/** The informers that all controllers share: one a resource, with the indexes that make every look-up direct. */
import {
  type Clock,
  controllerOf,
  Informer,
  type KubeClient,
  type KubeObject,
  PODS,
  type Pod,
  type ResourceType,
  SERVICES,
  type Service,
  sharedPods,
  withoutManagedFields,
} from '../kube/index.ts';

/** Dependents by the uid of any of their owners. */
export const BY_OWNER = 'owner';
/** Objects that nobody manages, by namespace: candidates for adoption. */
export const BY_ORPHANAGE = 'orphanage';
export const BY_NAMESPACE = 'namespace';
/** Pods by the host they are bound to. */
export const BY_NODE = 'node';
/** Pods by `namespace/name` of each volume claim they use. */
export const BY_CLAIM = 'claim';
/** Pods by `namespace/key=value` of each label that groups Pods; Services by the first label they select. */
export const BY_LABEL = 'label';

type Indexers = Record<string, (object: KubeObject) => readonly string[]>;

/** Labels that name a single Pod or revision: indexing them would cost memory and answer no selector in use. */
const UNGROUPING =
  /^(statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|controller-revision-hash|pod-template-hash|pod-template-generation|(batch\.kubernetes\.io\/)?job-completion-index|(batch\.kubernetes\.io\/)?controller-uid)$/;

const shared: Indexers = {
  [BY_OWNER]: (object) => object.metadata.ownerReferences?.map((reference) => reference.uid) ?? [],
  [BY_NAMESPACE]: (object) => (object.metadata.namespace ? [object.metadata.namespace] : []),
};
const managed: Indexers = {
  ...shared,
  [BY_ORPHANAGE]: (object) => (controllerOf(object) ? [] : [object.metadata.namespace ?? '']),
};
const pods: Indexers = {
  ...managed,
  [BY_NODE]: (object) => [(object as Pod).spec.nodeName ?? ''].filter(Boolean),
  [BY_CLAIM]: (object) => claimsOf(object as Pod),
  [BY_LABEL]: (object) =>
    groupingLabels(object).map(([key, value]) => labelIndex(object.metadata.namespace ?? '', key, value)),
};

const services: Indexers = {
  ...managed,
  [BY_LABEL]: (object) => {
    const [first] = Object.entries((object as Service).spec.selector ?? {});
    return first ? [labelIndex(object.metadata.namespace ?? '', ...first)] : [];
  },
};

/** Informers start as soon as they are asked for; the set's signal stops them all. */
export class Caches {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #sharedPods = sharedPods();
  readonly #informers = new Map<string, { informer: Informer<KubeObject>; stop: AbortController }>();

  constructor(client: KubeClient, clock: Clock, signal: AbortSignal) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** Whole objects, but for managedFields, and Pods but for the volume of their token. Ask for these before {@link metadata} of the same resource. */
  of<T extends KubeObject>(type: ResourceType<T>): Informer<T> {
    const transform = is(type, PODS) ? (object: KubeObject) => this.#sharedPods(object as Pod) : withoutManagedFields;
    return this.#informer(type, transform) as unknown as Informer<T>;
  }

  /** The same informer when there is one, else one that keeps nothing but metadata. */
  metadata(type: ResourceType): Informer<KubeObject> {
    return this.#informer(type, metadataOnly);
  }

  /** Stops the informer of a resource that is served no more. */
  forget(type: ResourceType): void {
    const key = `${type.plural}.${type.group}`;
    this.#informers.get(key)?.stop.abort();
    this.#informers.delete(key);
  }

  /** Resolves when everything asked for so far has been listed. */
  async synced(): Promise<void> {
    await Promise.all([...this.#informers.values()].map(({ informer }) => informer.synced(this.#signal)));
  }

  #informer(type: ResourceType, transform: (object: KubeObject) => KubeObject): Informer<KubeObject> {
    const key = `${type.plural}.${type.group}`;
    const known = this.#informers.get(key);
    if (known) return known.informer;
    const indexers = indexersOf(type);
    const informer = new Informer<KubeObject>(this.#client, type, { clock: this.#clock, transform, indexers });
    const stop = new AbortController();
    this.#informers.set(key, { informer, stop });
    informer.start(AbortSignal.any([this.#signal, stop.signal]));
    return informer;
  }
}

/** The value under which {@link BY_LABEL} finds Pods of a namespace with this label. */
export function labelIndex(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

/** Is this label one that {@link BY_LABEL} knows? */
export function isGrouping(key: string): boolean {
  return !UNGROUPING.test(key);
}

function is(type: ResourceType, other: ResourceType): boolean {
  return type.group === other.group && type.plural === other.plural;
}

function indexersOf(type: ResourceType): Indexers {
  if (is(type, PODS)) return pods;
  if (is(type, SERVICES)) return services;
  return type.namespaced ? managed : shared;
}

function groupingLabels(object: KubeObject): [string, string][] {
  return Object.entries(object.metadata.labels ?? {}).filter(([key]) => isGrouping(key));
}

/** Claims by name, and those that stand for generic ephemeral volumes. */
function claimsOf({ metadata, spec }: Pod): string[] {
  const names = (spec.volumes ?? []).map((volume) =>
    volume.ephemeral ? `${metadata.name}-${volume.name}` : volume.persistentVolumeClaim?.claimName,
  );
  return names.filter((name) => name !== undefined).map((name) => `${metadata.namespace}/${name}`);
}

function metadataOnly(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  const { managedFields: _, labels: __, annotations: ___, ...kept } = metadata;
  return { apiVersion, kind, metadata: kept };
}
