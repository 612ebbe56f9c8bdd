/** Events of all kubelets of the fleet: each host speaks in its own name, all together write no more than so many. */
import { type Clock, EventRecorder, failure, type KubeClient, type KubeObject } from '../kube/index.ts';
import { Budget } from './budget.ts';
import type { Host } from './host.ts';

type EventClient = Pick<KubeClient, 'create' | 'patch'>;

export interface FleetEventsOptions {
  readonly client: EventClient;
  readonly clock: Clock;
  /** Writes at a time, over all hosts. */
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
}

/** What goes beyond is dropped: a storm of Pods must not become a storm of events. */
const ROUTINE = { burst: 2_000, perSecond: 200 };
const WARNINGS = { burst: 4_000, perSecond: 400 };

export class FleetEvents {
  readonly #o: FleetEventsOptions;
  readonly #recorders = new WeakMap<Host, EventRecorder>();
  readonly #client: EventClient;
  readonly #turns: (() => void)[] = [];
  readonly #budgets: Readonly<Record<'Normal' | 'Warning', Budget>>;
  #writing = 0;
  #closed = false;

  constructor(options: FleetEventsOptions) {
    this.#o = options;
    const { client, clock } = options;
    this.#budgets = { Normal: new Budget({ clock, ...ROUTINE }), Warning: new Budget({ clock, ...WARNINGS }) };
    this.#client = {
      create: (...args) => this.#inTurn(() => client.create(...args)),
      patch: (...args) => this.#inTurn(() => client.patch(...args)),
    };
  }

  host(host: Host, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.object(host, { apiVersion: 'v1', kind: 'Node', metadata: host.node.metadata }, type, reason, message);
  }

  object(host: Host, object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void {
    if (this.#budgets[type].spend()) this.#recorder(host).event(object, type, reason, message);
  }

  #recorder(host: Host): EventRecorder {
    let recorder = this.#recorders.get(host);
    if (!recorder) {
      const { clock } = this.#o;
      const onError = (error: unknown) => this.#closed || this.#o.onError(error);
      recorder = new EventRecorder(this.#client, 'kubelet', { clock, host: host.name, onError });
      this.#recorders.set(host, recorder);
    }
    return recorder;
  }

  /** What is not on its way yet is dropped. */
  close(): void {
    this.#closed = true;
  }

  async #inTurn<T>(write: () => Promise<T>): Promise<T> {
    if (this.#writing >= this.#o.concurrency) await new Promise<void>((go) => this.#turns.push(go));
    else this.#writing++;
    try {
      if (this.#closed) throw failure('ServiceUnavailable', 'the fleet has stopped');
      return await write();
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#writing--;
    }
  }
}
