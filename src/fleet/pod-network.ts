/** Addresses that do not come from a host's block: whoever starts the fleet may bring what gives them. */
import { type Clock, type Pod, sleep } from '../kube/index.ts';

/** A network plugin as a kubelet sees it. */
export interface PodNetwork {
  /** Does this Pod get its addresses from here? */
  serves(pod: Pod): boolean;
  /** Rejects when there is none now; it is asked again. */
  attach(pod: Pod, node: string): Promise<readonly string[]>;
  /** The Pod's sandbox is gone. Rejects when that could not be told; it is told again. */
  detach(pod: Pod, node: string): Promise<void>;
}

interface Place {
  readonly name: string;
  readonly silent?: boolean;
}

export interface NetworkKeeperOptions {
  readonly network: PodNetwork;
  readonly clock: Clock;
  /** The Pod has its addresses: its kubelet goes on with it. */
  readonly onReady: (pod: Pod) => void;
  readonly onRefused: (pod: Pod, host: Place, error: unknown) => void;
}

/** `none`: its host's block serves it. `waiting`: asked for and not there yet. */
export type NetworkState = 'none' | 'unasked' | 'waiting' | 'ready';

interface Entry {
  readonly host: Place;
  ips: readonly string[] | undefined;
  /** What is done for the Pod, one after the other. */
  work: Promise<void>;
  leaving: boolean;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;

export class NetworkKeeper {
  readonly #o: NetworkKeeperOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #closed = new AbortController();

  constructor(options: NetworkKeeperOptions) {
    this.#o = options;
  }

  state(pod: Pod): NetworkState {
    if (!this.#o.network.serves(pod)) return 'none';
    const entry = this.#entries.get(pod.metadata.uid);
    return entry ? (entry.ips ? 'ready' : 'waiting') : 'unasked';
  }

  ips(pod: Pod): readonly string[] | undefined {
    return this.#entries.get(pod.metadata.uid)?.ips;
  }

  /** It has these already, as its status says: an earlier process of this kubelet asked for them. */
  found(pod: Pod, host: Place, ips: readonly string[]): void {
    this.#entries.set(pod.metadata.uid, { host, ips, work: Promise.resolve(), leaving: false });
  }

  ask(pod: Pod, host: Place): void {
    if (this.#entries.has(pod.metadata.uid)) return;
    const entry: Entry = { host, ips: undefined, work: Promise.resolve(), leaving: false };
    this.#entries.set(pod.metadata.uid, entry);
    entry.work = this.#attach(pod, entry);
  }

  /** Idempotent; the network is told when the host can speak. */
  letGo(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid);
    if (!entry || entry.leaving) return;
    entry.leaving = true;
    entry.work = entry.work.then(() => this.#detach(pod, entry));
  }

  /** The host is gone with everything on it, and with it whoever could have told. */
  forget(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid);
    if (entry) entry.leaving = true;
    this.#entries.delete(pod.metadata.uid);
  }

  close(): void {
    this.#closed.abort();
  }

  async #attach(pod: Pod, entry: Entry): Promise<void> {
    const { network, onReady, onRefused } = this.#o;
    await this.#persist(
      entry,
      () => entry.leaving,
      async () => {
        entry.ips = await network.attach(pod, entry.host.name);
        if (!entry.leaving) onReady(pod);
      },
      (error) => onRefused(pod, entry.host, error),
    );
  }

  async #detach(pod: Pod, entry: Entry): Promise<void> {
    const given = () => this.#entries.get(pod.metadata.uid) !== entry;
    await this.#persist(
      entry,
      given,
      () => this.#o.network.detach(pod, entry.host.name),
      () => {},
    );
    if (this.#entries.get(pod.metadata.uid) === entry) this.#entries.delete(pod.metadata.uid);
  }

  /** Until it is done or nobody wants it any more; a silent host waits. */
  async #persist(
    { host }: Entry,
    over: () => boolean,
    work: () => Promise<void>,
    onError: (error: unknown) => void,
  ): Promise<void> {
    for (
      let waitMs = FIRST_RETRY_MS;
      !over() && !this.#closed.signal.aborted;
      waitMs = Math.min(LAST_RETRY_MS, waitMs * 2)
    ) {
      try {
        if (!host.silent) return await work();
      } catch (error) {
        onError(error);
      }
      await sleep(this.#o.clock, waitMs, this.#closed.signal).catch(() => {});
    }
  }
}
