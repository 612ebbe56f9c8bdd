/** Events of all kubelets of the fleet: each host speaks in its own name, all together write no more than so many. */
import { type Clock, EventRecorder, type KubeClient, type KubeObject } from '../kube/index.ts';
import type { Host } from './host.ts';

type EventClient = Pick<KubeClient, 'create' | 'patch'>;

export interface FleetEventsOptions {
  readonly client: EventClient;
  readonly clock: Clock;
  /** Writes at a time, over all hosts. */
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
}

/** More than this waiting: routine events are dropped first, then warnings too. */
const ROUTINE_MOST = 2_000;
const WARNINGS_MOST = 10_000;

export class FleetEvents {
  readonly #o: FleetEventsOptions;
  readonly #recorders = new WeakMap<Host, EventRecorder>();
  readonly #client: EventClient;
  readonly #turns: (() => void)[] = [];
  #writing = 0;
  #waiting = 0;

  constructor(options: FleetEventsOptions) {
    this.#o = options;
    const { client } = options;
    this.#client = {
      create: (...args) => this.#inTurn(() => client.create(...args)),
      patch: (...args) => this.#inTurn(() => client.patch(...args)),
    };
  }

  host(host: Host, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.object(host, { apiVersion: 'v1', kind: 'Node', metadata: host.node.metadata }, type, reason, message);
  }

  object(host: Host, object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.#waiting >= (type === 'Normal' ? ROUTINE_MOST : WARNINGS_MOST)) return;
    this.#recorder(host).event(object, type, reason, message);
  }

  #recorder(host: Host): EventRecorder {
    let recorder = this.#recorders.get(host);
    if (!recorder) {
      const { clock, onError } = this.#o;
      recorder = new EventRecorder(this.#client, 'kubelet', { clock, host: host.name, onError });
      this.#recorders.set(host, recorder);
    }
    return recorder;
  }

  async #inTurn<T>(write: () => Promise<T>): Promise<T> {
    this.#waiting++;
    if (this.#writing >= this.#o.concurrency) await new Promise<void>((go) => this.#turns.push(go));
    else this.#writing++;
    try {
      return await write();
    } finally {
      this.#waiting--;
      const next = this.#turns.shift();
      if (next) next();
      else this.#writing--;
    }
  }
}
