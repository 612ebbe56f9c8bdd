/**
 * Serves what CustomResourceDefinitions say: their names are accepted if nobody has them, their versions are added to
 * the registry, and a deleted definition takes its objects along before it goes itself.
 */
import { isDeepStrictEqual } from 'node:util';
import { rfc3339 } from '../../kube/index.ts';
import type { Plane } from '../plane.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import type { Change, Entry } from '../storage/index.ts';
import { CLEANUP, GROUP } from './crd-kind.ts';
import { customCollection, customDefinitions } from './custom-definition.ts';

export class CrdRegistrar {
  readonly #plane: Plane;
  readonly #onError: (error: unknown, what: string) => void;
  /** What each definition has in the registry now. */
  readonly #served = new Map<string, readonly ResourceDefinition[]>();
  /** Definitions whose objects are being deleted, and how to stop watching those. */
  readonly #emptying = new Map<string, () => void>();

  constructor(plane: Plane, onError: (error: unknown, what: string) => void) {
    this.#plane = plane;
    this.#onError = onError;
  }

  /** Takes in all definitions there are, and from then on every change. */
  start(): void {
    const crds = this.#plane.of(GROUP, 'customresourcedefinitions');
    crds.subscribe((change) => this.#onChange(change));
    const all = [...crds.current.values()].map((entry) => entry.parse());
    // Names stay with whom they were given to, in whatever order the definitions come.
    for (const crd of all.filter(wasAccepted)) this.#take(crd);
    for (const crd of all.filter((one) => !wasAccepted(one))) this.#take(crd);
  }

  #onChange(change: Change): void {
    const crd = change.entry.parse();
    if (change.type === 'DELETED') {
      this.#serve(crd, []);
      this.#retryRefused(crd);
    } else this.#take(crd);
  }

  #take(crd: Json): void {
    const conditions = this.#judge(crd);
    const established = conditions.some((c) => c.type === 'Established' && c.status === 'True');
    this.#serve(crd, established ? customDefinitions(crd) : []);
    if (crd.metadata.deletionTimestamp) this.#empty(crd);
    this.#writeStatus(crd, conditions).catch((error) => this.#onError(error, `status of ${crd.metadata.name}`));
  }

  #serve(crd: Json, definitions: readonly ResourceDefinition[]): void {
    const { registry } = this.#plane;
    const before = this.#served.get(crd.metadata.name) ?? [];
    for (const old of before) registry.remove(old);
    for (const definition of definitions) {
      registry.add(definition);
      this.#plane.collection(definition);
    }
    if (definitions.length > 0) this.#served.set(crd.metadata.name, definitions);
    else this.#served.delete(crd.metadata.name);
  }

  #judge(crd: Json): Json[] {
    const conflict = this.#nameConflict(crd);
    const was = (type: string) => crd.status?.conditions?.find((c: Json) => c.type === type);
    const condition = (type: string, status: string, reason: string, message: string) => {
      const old = was(type);
      const since = old?.status === status ? old.lastTransitionTime : rfc3339(this.#plane.clock.now());
      return { lastTransitionTime: since, message, reason, status, type };
    };
    const names = conflict
      ? condition('NamesAccepted', 'False', conflict.reason, conflict.message)
      : condition('NamesAccepted', 'True', 'NoConflicts', 'no conflicts found');
    const established = conflict
      ? condition('Established', 'False', 'NotAccepted', 'not all names are accepted')
      : condition('Established', 'True', 'InitialNamesAccepted', 'the initial names have been accepted');
    if (!crd.metadata.deletionTimestamp) return [names, established];
    const terminating = condition(
      'Terminating',
      'True',
      'InstanceDeletionInProgress',
      'CustomResource deletion is in progress',
    );
    return [names, established, terminating];
  }

  /** A name by which somebody else in the group already goes: the last one, as a real API server has it. */
  #nameConflict({ metadata, spec: { group, names } }: Json): { reason: string; message: string } | undefined {
    const own = this.#served.get(metadata.name) ?? [];
    const others = [...this.#plane.registry.all()].filter((o) => o.group === group && !own.includes(o));
    const resources = new Set(others.flatMap((o) => [o.plural, o.singular, ...(o.shortNames ?? [])]));
    const kinds = new Set(others.flatMap(({ kind }) => [kind, `${kind}List`]));
    const wishes: readonly [reason: string, names: string[], taken: ReadonlySet<string>][] = [
      ['PluralConflict', [names.plural], resources],
      ['SingularConflict', [names.singular], resources],
      ['ShortNamesConflict', names.shortNames ?? [], resources],
      ['KindConflict', [names.kind], kinds],
      ['ListKindConflict', [names.listKind ?? `${names.kind}List`], kinds],
    ];
    const conflicts = wishes.flatMap(([reason, words, taken]) => {
      const word = words.find((w) => taken.has(w));
      return word === undefined ? [] : [{ reason, message: `${JSON.stringify(word)} is already in use` }];
    });
    return conflicts.at(-1);
  }

  /** Names that have become free may be what another definition waits for. */
  #retryRefused(gone: Json): void {
    for (const entry of this.#plane.of(GROUP, 'customresourcedefinitions').current.values()) {
      const crd = entry.parse();
      if (crd.spec.group === gone.spec.group && !this.#served.has(crd.metadata.name)) this.#take(crd);
    }
  }

  async #writeStatus(crd: Json, conditions: Json[]): Promise<void> {
    const accepted = conditions[0].status === 'True';
    const acceptedNames = accepted ? crd.spec.names : (crd.status?.acceptedNames ?? { kind: '', plural: '' });
    const status = { ...crd.status, acceptedNames, conditions };
    if (isDeepStrictEqual(status, crd.status)) return;
    await this.#update(crd.metadata.name, (newest) =>
      newest.metadata.resourceVersion === crd.metadata.resourceVersion ? { ...newest, status } : undefined,
    );
  }

  /** Deletes the objects of a definition; when the last has gone, lets go of the definition. */
  #empty(crd: Json): void {
    const { name, finalizers = [] } = crd.metadata;
    if (!finalizers.includes(CLEANUP)) return;
    if (this.#isBuiltIn(crd)) {
      this.#update(name, withoutCleanup).catch((error) => this.#onError(error, `objects of ${name}`));
      return;
    }
    const collection = this.#plane.store.collection(customCollection(crd));
    const report = (error: unknown) => this.#onError(error, `objects of ${name}`);
    const release = () => {
      if (collection.size > 0) return;
      this.#emptying.get(name)?.();
      this.#emptying.delete(name);
      this.#update(name, withoutCleanup).catch(report);
    };
    if (!this.#emptying.has(name)) {
      this.#emptying.set(name, collection.subscribe(release));
      for (const key of [...collection.current.keys()])
        this.#plane.store.write(collection, key, (current) => deletion(current, this.#plane.clock.now())).catch(report);
    }
    release();
  }

  /** Objects of a kind of our own are never those of a definition that goes by its name. */
  #isBuiltIn({ spec }: Json): boolean {
    const { group, names } = spec;
    return [...this.#plane.registry.all()].some((d) => !d.custom && d.group === group && d.plural === names.plural);
  }

  #update(name: string, change: (crd: Json) => Json | undefined): Promise<unknown> {
    const crds = this.#plane.of(GROUP, 'customresourcedefinitions');
    return this.#plane.store.write(crds, name, (current) => {
      const object = current && change(current.parse());
      if (!object) return undefined;
      const gone = object.metadata.deletionTimestamp && !object.metadata.finalizers?.length;
      return gone ? { remove: object } : { object };
    });
  }
}

function wasAccepted({ status }: Json): boolean {
  return (status?.conditions ?? []).some((c: Json) => c.type === 'NamesAccepted' && c.status === 'True');
}

function withoutCleanup(crd: Json): Json | undefined {
  const finalizers = (crd.metadata.finalizers ?? []).filter((f: string) => f !== CLEANUP);
  return finalizers.length === crd.metadata.finalizers?.length
    ? undefined
    : { ...crd, metadata: { ...crd.metadata, finalizers } };
}

/** Objects that somebody holds by a finalizer are marked only. */
function deletion(current: Entry | undefined, now: number) {
  if (!current) return undefined;
  const object = current.parse();
  const { metadata } = object;
  if (!metadata.finalizers?.length) return { remove: object };
  if (metadata.deletionTimestamp) return undefined;
  return {
    object: { ...object, metadata: { ...metadata, deletionTimestamp: rfc3339(now), deletionGracePeriodSeconds: 0 } },
  };
}
