/**
 * Equal parts of many objects held once. The Pods of a workload differ in little: of a hundred thousand of them most of
 * the memory would be the same containers, tolerations and labels again and again.
 */
import type { Pod } from '../kube/index.ts';

/** Parts of a Pod's spec that its template decides. */
const SPEC_PARTS = ['containers', 'initContainers', 'tolerations', 'volumes', 'securityContext'] as const;
const LIMIT = 20_000;

export class PartPool {
  readonly #limit: number;
  readonly #parts = new Map<string, unknown>();

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  /** An equal part met before, or this one. Parts must never be changed from then on. */
  share<T>(part: T): T {
    if (part === undefined) return part;
    const text = JSON.stringify(part);
    const known = this.#parts.get(text);
    if (known !== undefined) return known as T;
    this.#parts.set(text, part);
    if (this.#parts.size > this.#limit) this.#parts.delete(this.#parts.keys().next().value!);
    return part;
  }
}

/** The same Pod, its large parts shared with its like. */
export function sharePod(pool: PartPool, pod: Pod): Pod {
  const spec: Record<string, unknown> = { ...pod.spec };
  for (const name of SPEC_PARTS) if (spec[name] !== undefined) spec[name] = pool.share(spec[name]);
  const { labels, annotations, ownerReferences } = pod.metadata;
  const metadata = {
    ...pod.metadata,
    ...(labels && { labels: pool.share(labels) }),
    ...(annotations && { annotations: pool.share(annotations) }),
    ...(ownerReferences && { ownerReferences: pool.share(ownerReferences) }),
  };
  return { ...pod, metadata, spec: spec as unknown as Pod['spec'] };
}
