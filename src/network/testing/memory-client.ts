/** An API server of a few kinds in memory, with versions, preconditions and refusals as the real one has them. */
import { failure, type KubeClient, type KubeObject, keyOf, type ResourceType } from '../../kube/index.ts';

type Client = Pick<KubeClient, 'get' | 'list' | 'create' | 'replace' | 'delete'>;

export class MemoryCluster {
  readonly #objects = new Map<string, KubeObject>();
  #version = 0;

  find<T extends KubeObject>(type: ResourceType<T>, key: string): T | undefined {
    const found = this.#objects.get(`${type.plural}:${key}`);
    return found && (structuredClone(found) as T);
  }

  all<T extends KubeObject>(type: ResourceType<T>): T[] {
    const prefix = `${type.plural}:`;
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, object]) => structuredClone(object) as T);
  }

  /** Whatever was there before. */
  put<T extends KubeObject>(type: ResourceType<T>, object: object): T {
    const draft = structuredClone(object) as KubeObject;
    const version = String(++this.#version);
    const metadata = { ...draft.metadata, uid: draft.metadata.uid ?? `uid-${version}`, resourceVersion: version };
    const stored = { ...draft, metadata };
    this.#objects.set(`${type.plural}:${keyOf(stored)}`, stored);
    return structuredClone(stored) as T;
  }

  remove(type: ResourceType, key: string): void {
    this.#objects.delete(`${type.plural}:${key}`);
  }

  /** `pass` stands between a caller and the server: it may wait, or never come back. */
  client(pass: <T>(work: () => T) => Promise<T> = async (work) => work()): Client {
    return {
      get: (type, name, o = {}) => pass(() => this.#get(type, name, o.namespace)),
      list: (type) => pass(() => ({ items: this.all(type), metadata: { resourceVersion: String(this.#version) } })),
      create: (type, draft) => pass(() => this.#create(type, draft as unknown as KubeObject) as never),
      replace: (type, object) => pass(() => this.#replace(type, object)),
      delete: (type, name, o = {}) => pass(() => this.#delete(type, name, o)),
    };
  }

  #get<T extends KubeObject>(type: ResourceType<T>, name: string, namespace?: string): T {
    const found = this.find(type, keyOf({ metadata: { name, ...(namespace && { namespace }) } }));
    if (!found) throw failure('NotFound', `${type.plural} "${name}" not found`);
    return found;
  }

  #create(type: ResourceType, draft: KubeObject): KubeObject {
    if (this.find(type, keyOf(draft))) throw failure('AlreadyExists', `${type.plural} ${draft.metadata.name}`);
    return this.put(type, draft);
  }

  #replace<T extends KubeObject>(type: ResourceType<T>, object: T): T {
    const now = this.#get(type, object.metadata.name, object.metadata.namespace);
    if (now.metadata.resourceVersion !== object.metadata.resourceVersion) throw failure('Conflict', 'it has changed');
    return this.put(type, object);
  }

  #delete(type: ResourceType, name: string, o: Parameters<Client['delete']>[2] = {}): KubeObject {
    const now = this.#get(type, name, o.namespace);
    const { uid = now.metadata.uid, resourceVersion = now.metadata.resourceVersion } = o.preconditions ?? {};
    if (uid !== now.metadata.uid || resourceVersion !== now.metadata.resourceVersion)
      throw failure('Conflict', 'it has changed');
    this.remove(type, keyOf(now));
    return now;
  }
}
