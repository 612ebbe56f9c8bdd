/** Writes why Pods wait into their status: only what is new, the latest for each Pod, a few at a time. */
import {
  type Clock,
  conditionOf,
  isStatus,
  type KubeClient,
  PODS,
  type Pod,
  rfc3339,
  splitKey,
} from '../../kube/index.ts';
import type { PodInfo } from '../core/index.ts';

export interface Waiting {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** A host to nominate; null takes the nomination back; undefined leaves it. */
  readonly nominatedNodeName?: string | null;
}

export interface StatusWriterOptions {
  readonly client: Pick<KubeClient, 'patch'>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** @default 16 */
  readonly concurrency?: number;
}

export class StatusWriter {
  readonly #o: StatusWriterOptions;
  readonly #due = new Map<string, object>();
  /** What was last written of a Pod, for as long as the informer may not show it. */
  readonly #written = new WeakMap<Pod, string>();
  #writing = 0;

  constructor(options: StatusWriterOptions) {
    this.#o = options;
  }

  /** Answers whether there was anything new to say. */
  waits({ pod, key }: PodInfo, waiting: Waiting): boolean {
    const { reason, message, nominatedNodeName } = waiting;
    const text = JSON.stringify(waiting);
    const before = conditionOf({ status: pod.status ?? {} }, 'PodScheduled');
    const says = before?.status === 'False' && before.reason === reason && before.message === message;
    const nominates = nominatedNodeName === undefined || nominatedNodeName === (pod.status?.nominatedNodeName ?? null);
    if ((says && nominates) || this.#written.get(pod) === text) return false;
    this.#written.set(pod, text);
    const lastTransitionTime =
      before?.status === 'False' && before.lastTransitionTime
        ? before.lastTransitionTime
        : rfc3339(this.#o.clock.now());
    const condition = { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime };
    this.write(key, { conditions: [condition], ...(nominatedNodeName !== undefined && { nominatedNodeName }) });
    return true;
  }

  write(key: string, status: object): void {
    this.#due.set(key, { ...this.#due.get(key), ...status });
    if (this.#writing < (this.#o.concurrency ?? 16)) void this.#work();
  }

  async #work(): Promise<void> {
    this.#writing++;
    for (let next = this.#due.entries().next(); !next.done; next = this.#due.entries().next()) {
      const [key, status] = next.value;
      this.#due.delete(key);
      await this.#patch(key, status);
    }
    this.#writing--;
  }

  async #patch(key: string, status: object): Promise<void> {
    const { namespace, name } = splitKey(key);
    try {
      const patch = { kind: 'strategic' as const, body: { status } };
      await this.#o.client.patch(PODS, name, patch, { namespace, subresource: 'status' });
    } catch (error) {
      if (!isStatus(error, 'NotFound')) this.#o.onError(error);
    }
  }
}
