/** A stand-in for an API server in tests of the fleet: keeps objects as text, tells watchers, refuses on demand. */
import {
  applyMergePatch,
  applyStrategicMergePatch,
  failure,
  type KubeObject,
  keyOf,
  NO_PATCH_SCHEMA,
  type ObjectMeta,
  type Patch,
  type PatchSchema,
  pathOf,
  type ResourceType,
  type StatusError,
  type WatchEvent,
} from '../../kube/index.ts';
import type { FleetClient } from '../fleet-client.ts';

const MADE = '2026-01-01T00:00:00Z';

interface Watcher {
  readonly type: string;
  readonly tell: (event: WatchEvent<KubeObject>) => void;
}

const MERGED_BY: Readonly<Record<string, string>> = {
  conditions: 'type',
  podIPs: 'ip',
  hostIPs: 'ip',
  addresses: 'type',
};
const SCHEMA: PatchSchema = {
  field: (name) => {
    const mergeKey = MERGED_BY[name];
    if (mergeKey) return { patchStrategy: 'merge', mergeKey, schema: NO_PATCH_SCHEMA };
    return name === 'status' || name === 'spec' || name === 'metadata' ? { schema: SCHEMA } : undefined;
  },
};

export class MemoryApi {
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #watchers = new Set<Watcher>();
  #version = 0;
  /** Asked before each write; an answer is thrown. */
  refuse: ((verb: string, path: string) => StatusError | undefined) | undefined;
  /** `PATCH /api/v1/…`, in order. */
  readonly writes: string[] = [];

  /** The object as it is now. */
  find<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): T | undefined {
    const text = this.#of(type).get(keyOf({ metadata: { name, ...(namespace && { namespace }) } }));
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    return [...this.#of(type).values()].map((text) => JSON.parse(text) as T);
  }

  /** Somebody else's write. */
  put<T extends KubeObject>(type: ResourceType<T>, object: object): T {
    return this.#store(type, object as KubeObject) as T;
  }

  change<T extends KubeObject>(type: ResourceType<T>, object: T, patch: object): T {
    return this.put(
      type,
      applyMergePatch(this.find(type, object.metadata.name, object.metadata.namespace)!, patch) as T,
    );
  }

  remove<T extends KubeObject>(type: ResourceType<T>, object: T): void {
    if (!this.#of(type).delete(keyOf(object))) return;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#version) } };
    this.#tell(type, 'DELETED', JSON.stringify(last));
  }

  readonly client: FleetClient = {
    get: async (type, name, o = {}) => this.find(type, name, o.namespace) ?? missing(type, name),
    list: async (type) => ({ items: this.all(type), metadata: { resourceVersion: String(this.#version) } }),
    watch: (type, o = {}) => this.#watch(type, o) as never,
    create: async (type, draft, o = {}) => {
      this.#note('CREATE', type, draft.metadata.name ?? '', o);
      const namespace = draft.metadata.namespace ?? o.namespace;
      const object = { ...draft, metadata: { ...draft.metadata, ...(namespace && { namespace }) } } as KubeObject;
      if (this.#of(type).has(keyOf(object))) throw failure('AlreadyExists', `${type.plural} ${object.metadata.name}`);
      return this.#store(type, object) as never;
    },
    patch: async (type, name, patch, o = {}) => {
      this.#note('PATCH', type, name, o);
      const found = this.find(type, name, o.namespace) ?? missing(type, name);
      return this.#store(type, patched(found, patch)) as never;
    },
    delete: async (type, name, o = {}) => {
      this.#note('DELETE', type, name, o);
      const found = this.find(type, name, o.namespace) ?? missing(type, name);
      const uid = o.preconditions?.uid;
      if (uid && uid !== found.metadata.uid) throw failure('Conflict', 'the UID in the precondition does not match');
      this.remove(type, found);
      return found;
    },
  };

  #note(verb: string, type: ResourceType, name: string, at: { namespace?: string; subresource?: string }): void {
    const path = pathOf(type, { ...at, name });
    const refusal = this.refuse?.(verb, path);
    if (refusal) throw refusal;
    this.writes.push(`${verb} ${path}`);
  }

  #store(type: ResourceType, object: KubeObject): KubeObject {
    const key = keyOf(object);
    const before = this.#of(type).get(key);
    const old = before === undefined ? undefined : (JSON.parse(before) as KubeObject);
    const {
      uid = `uid-${key}-${this.#version}`,
      creationTimestamp = MADE,
      ...rest
    } = object.metadata as Partial<ObjectMeta>;
    const metadata = {
      ...rest,
      uid,
      creationTimestamp,
      generation: (old?.metadata.generation ?? 0) + (sameSpec(old, object) ? 0 : 1),
      resourceVersion: String(++this.#version),
    };
    const apiVersion = type.group ? `${type.group}/${type.version}` : type.version;
    const stored: KubeObject = { ...object, apiVersion, kind: type.kind, metadata: metadata as ObjectMeta };
    const text = JSON.stringify(stored);
    this.#of(type).set(key, text);
    this.#tell(type, old ? 'MODIFIED' : 'ADDED', text);
    return stored;
  }

  #tell(type: ResourceType, kind: 'ADDED' | 'MODIFIED' | 'DELETED', text: string): void {
    for (const watcher of this.#watchers)
      if (watcher.type === pathOf(type)) watcher.tell({ type: kind, object: JSON.parse(text) as KubeObject });
  }

  #of(type: ResourceType): Map<string, string> {
    const path = pathOf(type);
    const found = this.#texts.get(path) ?? new Map<string, string>();
    this.#texts.set(path, found);
    return found;
  }

  async *#watch(type: ResourceType, o: { namespace?: string; labelSelector?: string; signal?: AbortSignal }) {
    const queue: WatchEvent<KubeObject>[] = [];
    let wake = () => {};
    const wanted = ({ metadata }: KubeObject) =>
      (!o.namespace || metadata.namespace === o.namespace) && hasLabel(metadata.labels, o.labelSelector);
    const tell = (event: WatchEvent<KubeObject>) => {
      if (event.type !== 'BOOKMARK' && !wanted(event.object)) return;
      queue.push(event);
      wake();
    };
    for (const object of this.all(type)) tell({ type: 'ADDED', object });
    tell({ type: 'BOOKMARK', object: bookmark(this.#version) });
    const watcher = { type: pathOf(type), tell };
    this.#watchers.add(watcher);
    o.signal?.addEventListener('abort', () => wake());
    try {
      while (!o.signal?.aborted) {
        for (let event = queue.shift(); event; event = queue.shift()) yield event;
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (queue.length > 0 || o.signal?.aborted) resolve();
        });
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }
}

function patched(found: KubeObject, patch: Patch): KubeObject {
  if (patch.kind === 'strategic') return applyStrategicMergePatch(found, patch.body, SCHEMA);
  if (patch.kind === 'merge') return applyMergePatch(found, patch.body);
  throw failure('UnsupportedMediaType', patch.kind);
}

function sameSpec(a: unknown, b: unknown): boolean {
  const spec = (object: unknown) => JSON.stringify((object as { spec?: object } | undefined)?.spec);
  return a !== undefined && spec(a) === spec(b);
}

function hasLabel(labels: Record<string, string> | undefined, selector: string | undefined): boolean {
  if (!selector) return true;
  const [name = '', value] = selector.split('=');
  return value === undefined ? labels?.[name] !== undefined : labels?.[name] === value;
}

function bookmark(version: number): KubeObject {
  const annotations = { 'k8s.io/initial-events-end': 'true' };
  return { metadata: { name: '', uid: '', creationTimestamp: '', resourceVersion: String(version), annotations } };
}

function missing(type: ResourceType, name: string): never {
  throw failure('NotFound', `${type.plural} "${name}" not found`);
}
