/** Reads the faults that stand in the cluster and tells when they begin, change and end. */
import { type Clock, CONFIG_MAPS, type ConfigMap, Informer } from '../kube/index.ts';
import { Agenda } from './agenda.ts';
import { type Fault, isPast, parseFault } from './fault.ts';
import type { FleetClient } from './fleet-client.ts';
import { FAULT, FAULT_NAMESPACE } from './names.ts';

export interface FaultKeeperOptions {
  readonly client: FleetClient;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** These faults began, changed (then both forms are told) or ended. */
  readonly onChange: (faults: readonly Fault[]) => void;
}

export class FaultKeeper {
  readonly #o: FaultKeeperOptions;
  readonly #faults = new Map<string, Fault>();
  readonly #informer: Informer<ConfigMap>;
  readonly #ends: Agenda<string>;
  #standing: readonly Fault[] = [];

  constructor(options: FaultKeeperOptions) {
    this.#o = options;
    const { client, clock, onError } = options;
    this.#ends = new Agenda({ clock, due: (name) => this.#changed(name) });
    this.#informer = new Informer(client, CONFIG_MAPS, {
      namespace: FAULT_NAMESPACE,
      labelSelector: FAULT,
      clock,
      onError,
    });
    this.#informer.onChange({
      add: (map) => this.#take(map),
      update: (map) => this.#take(map),
      delete: (map) => this.#drop(map.metadata.name),
    });
  }

  /** Those in force. */
  get faults(): readonly Fault[] {
    return this.#standing;
  }

  start(signal: AbortSignal): void {
    this.#informer.start(signal);
    signal.addEventListener('abort', () => this.#ends.close(), { once: true });
  }

  synced(signal: AbortSignal): Promise<void> {
    return this.#informer.synced(signal);
  }

  #take(map: ConfigMap): void {
    const { name } = map.metadata;
    try {
      const fault = parseFault(map);
      const before = this.#faults.get(name);
      this.#faults.set(name, fault);
      if (fault.until !== undefined) this.#ends.set(name, fault.until);
      else this.#ends.remove(name);
      this.#changed(name, before);
    } catch (error) {
      this.#drop(name);
      this.#o.onError(error);
    }
  }

  #drop(name: string): void {
    const fault = this.#faults.get(name);
    this.#faults.delete(name);
    this.#ends.remove(name);
    if (fault) this.#changed(name, fault);
  }

  #changed(name: string, before?: Fault): void {
    const now = this.#o.clock.now();
    this.#standing = [...this.#faults.values()].filter((fault) => !isPast(fault, now));
    this.#o.onChange([before, this.#faults.get(name)].filter((fault) => fault !== undefined));
  }
}
