/** How many Pods the managers of some Pods ask for. */

import { discover, type Env, groupOf } from '../../../control/index.ts';
import {
  controllerOf,
  DEPLOYMENTS,
  type Informer,
  isStatus,
  type KubeObject,
  type OwnerReference,
  type Pod,
  REPLICA_SETS,
  type ResourceType,
  STATEFUL_SETS,
} from '../../../kube/index.ts';

interface Scale extends KubeObject {
  spec?: { replicas?: number };
}
interface Manager {
  readonly reference: OwnerReference;
  readonly replicas: number;
}

const DISCOVERY_MS = 60_000;

export class ScaleFinder {
  readonly #env: Env;
  readonly #known: ReadonlyMap<string, Informer<KubeObject & { spec: { replicas?: number } }>>;
  #types: readonly ResourceType[] = [];
  #asked = Number.NEGATIVE_INFINITY;

  constructor(env: Env) {
    this.#env = env;
    const { caches } = env;
    this.#known = new Map(
      [caches.of(DEPLOYMENTS), caches.of(REPLICA_SETS), caches.of(STATEFUL_SETS)].map((informer, i) => [
        ['Deployment', 'ReplicaSet', 'StatefulSet'][i]!,
        informer as unknown as Informer<KubeObject & { spec: { replicas?: number } }>,
      ]),
    );
  }

  /** The sum over all managers; in words what stands in the way. */
  async expected(pods: readonly Pod[]): Promise<number | { fault: string }> {
    const managers = new Map<string, number>();
    for (const pod of pods) {
      const direct = controllerOf(pod);
      if (!direct) return { fault: `found no controller ref for pod "${pod.metadata.name}"` };
      const known = managers.has(direct.uid);
      const manager = known ? undefined : await this.#top(pod, direct);
      if (known) continue;
      if (!manager) return { fault: `found no controllers for pod "${pod.metadata.name}"` };
      managers.set(direct.uid, 0);
      managers.set(manager.reference.uid, manager.replicas);
    }
    return [...managers.values()].reduce((sum, replicas) => sum + replicas, 0);
  }

  /** A ReplicaSet of a Deployment counts as the Deployment. */
  async #top(pod: Pod, reference: OwnerReference): Promise<Manager | undefined> {
    const { namespace } = pod.metadata;
    if (groupOf(reference.apiVersion) !== 'apps' || !this.#known.has(reference.kind))
      return this.#scale(pod, reference);
    const owner = this.#known.get(reference.kind)!.get(`${namespace}/${reference.name}`);
    if (owner?.metadata.uid !== reference.uid) return undefined;
    const above = reference.kind === 'ReplicaSet' ? controllerOf(owner) : undefined;
    const deployment =
      above?.kind === 'Deployment' ? this.#known.get('Deployment')!.get(`${namespace}/${above.name}`) : undefined;
    if (above && deployment?.metadata.uid === above.uid)
      return { reference: above, replicas: deployment.spec.replicas ?? 1 };
    return { reference, replicas: owner.spec.replicas ?? 1 };
  }

  async #scale(pod: Pod, reference: OwnerReference): Promise<Manager | undefined> {
    const type = await this.#typeOf(reference);
    if (!type) return undefined;
    try {
      const { namespace } = pod.metadata;
      const scale = await this.#env.client.get(type as ResourceType<Scale>, reference.name, {
        namespace,
        subresource: 'scale',
      });
      return scale.metadata.uid === reference.uid ? { reference, replicas: scale.spec?.replicas ?? 0 } : undefined;
    } catch (error) {
      if (isStatus(error, 'NotFound', 'MethodNotAllowed')) return undefined;
      throw error;
    }
  }

  async #typeOf({ apiVersion, kind }: OwnerReference): Promise<ResourceType | undefined> {
    const find = () => this.#types.find((type) => type.kind === kind && type.group === groupOf(apiVersion));
    const now = this.#env.clock.now();
    if (!find() && now - this.#asked > DISCOVERY_MS) {
      this.#asked = now;
      this.#types = (await discover(this.#env.client, this.#env.signal)).types;
    }
    return find();
  }
}
