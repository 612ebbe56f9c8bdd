/** Tells the API where a Pod is to run; many at a time. */
import { type EventRecorder, isStatus, type KubeClient, PODS } from '../../kube/index.ts';
import {
  type Cluster,
  claimsOf,
  type NodeInfo,
  planVolumes,
  type QueuedPod,
  type SchedulingQueue,
} from '../core/index.ts';
import type { AssumedPods } from './assumed.ts';
import type { VolumeBinder } from './volume-binder.ts';

export interface BinderOptions {
  readonly client: Pick<KubeClient, 'createSubresource'>;
  readonly cluster: Cluster;
  readonly queue: SchedulingQueue;
  readonly assumed: AssumedPods;
  readonly volumes: VolumeBinder;
  readonly events: Pick<EventRecorder, 'event'>;
  readonly signal: AbortSignal;
  /** Binds under way at one time. */
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
}

export class Binder {
  readonly #o: BinderOptions;
  #underWay = 0;
  #roomAgain = Promise.withResolvers<void>();

  constructor(options: BinderOptions) {
    this.#o = options;
  }

  /** Resolves when another bind may start. */
  async room(): Promise<void> {
    while (this.#underWay >= this.#o.concurrency) await this.#roomAgain.promise;
  }

  /** The Pod counts as placed from now on; should the API refuse, it is taken off again and tried once more later. */
  bind(queued: QueuedPod, node: NodeInfo): void {
    const { assumed } = this.#o;
    assumed.assume(queued.info, node.name);
    const hasClaims = queued.info.class.volumes.claims.length > 0;
    const binding = hasClaims ? this.#bindAfterVolumes(queued, node) : this.#bindNow(queued, node);
    binding.catch((error: unknown) => this.#failed(queued, error));
  }

  /** Volumes may take minutes; who waits for them keeps nobody else from being bound. */
  async #bindAfterVolumes(queued: QueuedPod, node: NodeInfo): Promise<void> {
    await this.#bindVolumes(queued, node);
    await this.room();
    await this.#bindNow(queued, node);
  }

  async #bindNow(queued: QueuedPod, node: NodeInfo): Promise<void> {
    this.#underWay++;
    try {
      await this.#carryOut(queued, node);
    } finally {
      this.#underWay--;
      this.#roomAgain.resolve();
      this.#roomAgain = Promise.withResolvers();
    }
  }

  async #carryOut(queued: QueuedPod, node: NodeInfo): Promise<void> {
    const { client, queue, events, signal } = this.#o;
    const { pod, key, uid } = queued.info;
    const { name, namespace } = pod.metadata;
    const target = { apiVersion: 'v1', kind: 'Node', name: node.name };
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target };
    await client.createSubresource(PODS, name, 'binding', binding, { namespace, signal });
    queue.done(key);
    events.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${node.name}`);
  }

  async #bindVolumes({ info }: QueuedPod, node: NodeInfo): Promise<void> {
    const { cluster, volumes, signal } = this.#o;
    const claims = claimsOf(info, cluster);
    const plan = Array.isArray(claims) ? planVolumes(claims, node.facts, cluster.storage) : 'no volume';
    if (typeof plan === 'string') throw new Error(`the volumes of Pod ${info.key} changed while it was being bound`);
    if (plan.bindings.length + plan.provisions.length === 0) return;
    const release = volumes.reserve(plan);
    try {
      await volumes.carryOut(plan, node.name, signal);
    } finally {
      release();
    }
  }

  #failed(queued: QueuedPod, error: unknown): void {
    const { assumed, queue, events, signal, onError } = this.#o;
    if (signal.aborted) return;
    const { info } = queued;
    if (assumed.forget(info)) queue.happened({ kind: 'PodGone', pod: info });
    queue.failed(queued);
    if (isStatus(error, 'NotFound')) return;
    onError(error);
    const message = error instanceof Error ? error.message : String(error);
    events.event(info.pod, 'Warning', 'FailedScheduling', `binding rejected: ${message}`);
  }
}
