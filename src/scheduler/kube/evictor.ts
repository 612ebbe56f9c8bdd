/** Makes room for a more important Pod: takes its victims down and reserves the host for it. */
import {
  type Clock,
  conditionOf,
  type EventRecorder,
  isStatus,
  type KubeClient,
  PODS,
  rfc3339,
} from '../../kube/index.ts';
import type { Cluster, PodInfo, SchedulingQueue, Victims } from '../core/index.ts';
import type { StatusWriter } from './status-writer.ts';

export interface EvictorOptions {
  readonly client: Pick<KubeClient, 'patch' | 'delete'>;
  readonly cluster: Cluster;
  readonly queue: SchedulingQueue;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly status: StatusWriter;
  readonly schedulerName: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export class Evictor {
  readonly #o: EvictorOptions;
  /** Victims by the Pod they make room for. */
  readonly #underWay = new Map<string, { readonly victims: readonly PodInfo[]; told: boolean }>();

  constructor(options: EvictorOptions) {
    this.#o = options;
  }

  /** The host is reserved at once; victims go in the background, and the queue hears when the last one is gone. */
  makeRoom(pod: PodInfo, { node, pods }: Victims): void {
    const { nominations } = this.#o.cluster;
    for (const other of nominations.on(node.name)) if (other.priority < pod.priority) this.#displace(other);
    nominations.set(pod, node.name);
    void this.#evictAll(pod, pods, node.name);
  }

  /** Victims have been chosen for this Pod and do not all show yet that they go: choosing more would be too many. */
  isMakingRoomFor(key: string): boolean {
    const found = this.#underWay.get(key);
    if (!found) return false;
    const { cluster } = this.#o;
    const stays = ({ key: victim, uid }: PodInfo) => {
      const now = cluster.placement(victim)?.pod;
      return now?.uid === uid && !now.terminating;
    };
    if (!found.told || found.victims.some(stays)) return true;
    this.#underWay.delete(key);
    return false;
  }

  /** A less important Pod that waited for this host must look for another one. */
  #displace(other: PodInfo): void {
    this.#o.cluster.nominations.delete(other.key);
    this.#o.status.write(other.key, { nominatedNodeName: null });
  }

  async #evictAll(pod: PodInfo, victims: readonly PodInfo[], nodeName: string): Promise<void> {
    const entry = { victims, told: false };
    this.#underWay.set(pod.key, entry);
    const outcomes = await Promise.allSettled(victims.map((victim) => this.#evict(victim, pod, nodeName)));
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    for (const { reason } of failures) this.#o.onError(reason);
    entry.told = true;
    if (failures.length === 0) return;
    this.#underWay.delete(pod.key);
    this.#o.cluster.nominations.delete(pod.key);
    this.#o.status.write(pod.key, { nominatedNodeName: null });
    this.#o.queue.happened({ kind: 'Unknown' });
  }

  async #evict(victim: PodInfo, pod: PodInfo, nodeName: string): Promise<void> {
    const { name, namespace, uid, deletionTimestamp } = victim.pod.metadata;
    if (deletionTimestamp !== undefined) return;
    try {
      await this.#mark(victim);
      await this.#o.client.delete(PODS, name, { namespace, preconditions: { uid } });
    } catch (error) {
      if (isStatus(error, 'NotFound', 'Conflict')) return;
      throw error;
    }
    this.#o.events.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${pod.uid} on node ${nodeName}`);
  }

  async #mark({ pod }: PodInfo): Promise<void> {
    if (conditionOf({ status: pod.status ?? {} }, 'DisruptionTarget')?.status === 'True') return;
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${this.#o.schedulerName}: preempting to accommodate a higher priority pod`,
      lastTransitionTime: rfc3339(this.#o.clock.now()),
    };
    const { name, namespace } = pod.metadata;
    const patch = { kind: 'strategic' as const, body: { status: { conditions: [condition] } } };
    await this.#o.client.patch(PODS, name, patch, { namespace, subresource: 'status' });
  }
}
