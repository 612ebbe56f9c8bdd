/**
 * Equal parts of many Pods held once. The Pods of a workload differ in little: of a hundred thousand of them most of the
 * memory would be the same containers, tolerations and labels again and again.
 */
import { withoutManagedFields } from './informer.ts';
import type { Pod } from './object.ts';

/** Parts of a Pod's spec that its template decides. */
const SPEC_PARTS = ['containers', 'initContainers', 'tolerations', 'volumes', 'securityContext'] as const;
const METADATA_PARTS = ['labels', 'annotations', 'ownerReferences'] as const;
type Container = Pod['spec']['containers'][number];

const LIMIT = 20_000;
/** The API server adds it to every Pod, under a name of random letters, so that no two Pods were alike. */
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;

/**
 * A transform for informers of Pods that many look at and none writes back: without managedFields and without the volume
 * of the Pod's own token, the parts that are left shared with its like.
 */
export function sharedPods(pool: PartPool = new PartPool()): (pod: Pod) => Pod {
  return (pod) => {
    const { metadata, spec, ...rest } = withoutManagedFields(pod);
    return {
      ...rest,
      metadata: withShared(pool, metadata, METADATA_PARTS),
      spec: withShared(pool, withoutToken(spec), SPEC_PARTS),
    };
  };
}

export class PartPool {
  readonly #limit: number;
  readonly #parts = new Map<string, unknown>();

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** An equal part met before, or this one. Parts must never be changed from then on. */
  share<T>(part: T): T {
    const text = JSON.stringify(part);
    const known = this.#parts.get(text);
    if (known !== undefined) return known as T;
    this.#parts.set(text, part);
    if (this.#parts.size > this.#limit) this.#parts.delete(this.#parts.keys().next().value!);
    return part;
  }
}

function withShared<T extends object, K extends keyof T>(pool: PartPool, whole: T, names: readonly K[]): T {
  const result = { ...whole };
  for (const name of names) if (result[name] !== undefined) result[name] = pool.share(result[name]);
  return result;
}

function withoutToken(spec: Pod['spec']): Pod['spec'] {
  if (!spec.volumes?.some(isToken)) return spec;
  const { volumes, containers, initContainers, ...rest } = spec;
  const others = volumes.filter((volume) => !isToken(volume));
  return {
    ...rest,
    containers: containers.map(withoutMount),
    ...(initContainers && { initContainers: initContainers.map(withoutMount) }),
    ...(others.length > 0 && { volumes: others }),
  };
}

function withoutMount(container: Container): Container {
  const { volumeMounts, ...rest } = container;
  const others = volumeMounts?.filter((mount) => !isToken(mount));
  return { ...rest, ...(others && others.length > 0 && { volumeMounts: others }) };
}

function isToken({ name }: { readonly name: string }): boolean {
  return TOKEN_VOLUME.test(name);
}
