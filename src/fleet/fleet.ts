/** The simulated fleet: every Node that says so is a host here, with a kubelet that does a kubelet's duties. */
import {
  type Clock,
  Informer,
  isStatus,
  keyOf,
  NAMESPACES,
  NODES,
  type Node,
  PODS,
  type Pod,
  systemClock,
} from '../kube/index.ts';
import { Agenda } from './agenda.ts';
import { chanceOf } from './chance.ts';
import { EVICTED, nextVictim } from './eviction.ts';
import { type Fault, isPast } from './fault.ts';
import { FaultKeeper } from './fault-keeper.ts';
import { hostFaults, podFaults, strikesHost, strikesPod } from './fault-set.ts';
import type { FleetClient } from './fleet-client.ts';
import { FleetEvents } from './fleet-events.ts';
import type { Host } from './host.ts';
import { HostKeeper } from './host-keeper.ts';
import { type KubeletServer, startKubeletServer } from './kubelet/index.ts';
import { FAULT_NAMESPACE, LEASE_NAMESPACE, SIMULATED } from './names.ts';
import { PodKeeper } from './pod-keeper.ts';
import { NetworkKeeper, type PodNetwork } from './pod-network.ts';
import { References } from './references.ts';
import { slimNode } from './slim-node.ts';
import { slimPod } from './slim-pod.ts';
import type { Stage } from './stage.ts';
import { loadStages } from './stage-files.ts';

export interface FleetOptions {
  readonly client: FleetClient;
  /** Ends the fleet; its Nodes and Pods stay as they are. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** @default 1 */
  readonly seed?: number;
  /** Port of the kubelets' endpoint on the loopback. @default 0, any free port */
  readonly kubeletPort?: number;
  /** Bearer token that the endpoint asks for. @default a new one */
  readonly kubeletToken?: string;
  /** @default the stages that come with the fleet */
  readonly stages?: readonly Stage[];
  /** Pod reports on their way at a time; Nodes and events have a quarter of it each, leases four times as many. @default 64 */
  readonly concurrency?: number;
  /** Gives addresses to Pods that are not to have one of their host's block. */
  readonly network?: PodNetwork;
  /** Told of what did not work; the fleet goes on. */
  readonly onError?: (error: unknown) => void;
}

export interface FleetHandle {
  /** Where all simulated kubelets answer for logs and commands. */
  readonly kubelet: KubeletServer['address'];
  stats(): FleetStats;
  readonly hosts: ReadonlyMap<string, { readonly name: string; readonly silent: boolean }>;
  /** Idempotent; the signal does the same. Resolves when the last write has ended. */
  stop(): Promise<void>;
}

export interface FleetStats {
  readonly hosts: number;
  readonly pods: number;
  /** Pod reports not yet accepted by the API. */
  readonly unreported: number;
  /** How late lease renewals were accepted, in ms. */
  readonly leaseLatenessP50Ms: number;
  readonly leaseLatenessP99Ms: number;
  readonly faults: number;
}

/** Resolves when the fleet has taken up all hosts and Pods that are there. */
export async function startFleet(options: FleetOptions): Promise<FleetHandle> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  const fleet = new Fleet({ ...options, signal });
  const server = await fleet.start();
  let closing: Promise<void> | undefined;
  const stop = () => {
    stopped.abort();
    closing ??= Promise.all([fleet.close(), server.close()]).then(() => {});
    return closing;
  };
  options.signal.addEventListener('abort', () => void stop(), { once: true });
  return { kubelet: server.address, hosts: fleet.hosts, stats: () => fleet.stats(), stop };
}

class Fleet {
  readonly #o: FleetOptions;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #nodes: Informer<Node>;
  readonly #pods: Informer<Pod>;
  readonly #faults: FaultKeeper;
  readonly #references: References;
  readonly #evictions: Agenda<Host>;
  readonly #events: FleetEvents;
  #network: NetworkKeeper | undefined;
  #hostKeeper!: HostKeeper;
  #podKeeper!: PodKeeper;
  #ready = false;

  constructor(options: FleetOptions) {
    this.#o = options;
    const { client } = options;
    const clock = options.clock ?? systemClock;
    const onError = options.onError ?? (() => {});
    const base = { client, clock, onError };
    this.#clock = clock;
    this.#onError = onError;
    this.#events = new FleetEvents({ ...base, concurrency: Math.max(2, (options.concurrency ?? 64) >> 2) });
    this.#evictions = new Agenda({ clock, due: (host) => this.#evict(host) });
    this.#faults = new FaultKeeper({ ...base, onChange: (faults) => this.#faultsChanged(faults) });
    this.#references = new References({ ...base, onChange: (namespace) => this.#referenceChanged(namespace) });
    this.#nodes = new Informer(client, NODES, {
      clock,
      onError,
      labelSelector: `${SIMULATED}=true`,
      transform: (node) => slimNode(node, this.#hostKeeper.hosts.has(node.metadata.name)),
    });
    this.#pods = new Informer(client, PODS, {
      clock,
      onError,
      fieldSelector: 'spec.nodeName!=',
      indexers: { node: (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []) },
      transform: (pod) => slimPod(pod, this.#podKeeper.knows(pod)),
    });
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.#hostKeeper.hosts;
  }

  async start(): Promise<KubeletServer> {
    const { client, signal, seed = 1, concurrency = 64, kubeletPort = 0, kubeletToken } = this.#o;
    const server = await startKubeletServer({
      client,
      clock: this.#clock,
      port: kubeletPort,
      ...(kubeletToken && { token: kubeletToken }),
      find: (namespace, pod) => this.#podKeeper.get(`${namespace}/${pod}`),
      hosts: () => this.#hostKeeper.hosts.values(),
      findHost: (name) => this.#hostKeeper.hosts.get(name),
    });
    const base = { client, clock: this.#clock, chance: chanceOf(seed), events: this.#events, onError: this.#onError };
    const quarter = Math.max(1, concurrency >> 2);
    this.#hostKeeper = new HostKeeper({ ...base, concurrency: quarter, kubeletPort: server.address.port });
    this.#network = this.#o.network && this.#networkKeeper(this.#o.network);
    this.#podKeeper = new PodKeeper({
      ...base,
      concurrency,
      world: this.#world(),
      stages: this.#o.stages ?? loadStages(),
    });
    try {
      await this.#takeUp(signal);
    } catch (error) {
      await Promise.all([this.close(), server.close()]);
      throw error;
    }
    return server;
  }

  stats(): FleetStats {
    const { lateness, hosts } = this.#hostKeeper;
    return {
      hosts: hosts.size,
      pods: this.#podKeeper.size,
      unreported: this.#podKeeper.unreported,
      leaseLatenessP50Ms: lateness.quantile(0.5),
      leaseLatenessP99Ms: lateness.quantile(0.99),
      faults: this.#faults.faults.length,
    };
  }

  async close(): Promise<void> {
    this.#evictions.close();
    this.#network?.close();
    this.#events.close();
    await Promise.all([this.#hostKeeper.close(), this.#podKeeper.close()]);
  }

  /** Faults and references first, so that no Pod takes a step it would not have taken knowing them. */
  async #takeUp(signal: AbortSignal): Promise<void> {
    await Promise.all([FAULT_NAMESPACE, LEASE_NAMESPACE].map((name) => this.#ensureNamespace(name)));
    this.#faults.start(signal);
    this.#references.start(signal);
    this.#nodes.start(signal);
    this.#pods.start(signal);
    const sources = [this.#faults, this.#references, this.#nodes, this.#pods];
    await Promise.all(sources.map((source) => source.synced(signal)));
    for (const node of this.#nodes.list()) this.#hostKeeper.reserveBlock(node);
    this.#ready = true;
    this.#nodes.onChange({
      add: (node) => this.#adopt(node),
      update: (node) => this.#nodeChanged(node),
      delete: (node) => this.#abandon(node),
    });
    this.#pods.onChange({
      add: (pod) => this.#podAdded(pod),
      update: (pod, old) => (this.#podKeeper.knows(old) ? this.#podKeeper.update(pod) : this.#podAdded(pod)),
      delete: (pod) => this.#podKeeper.remove(pod),
    });
  }

  #adopt(node: Node): void {
    const host = this.#hostKeeper.adopt(node);
    host.faults = hostFaults(this.#faults.faults, host, this.#clock.now());
    this.#planEviction(host);
    for (const pod of this.#pods.byIndex('node', host.name)) this.#podKeeper.adopt(pod, host);
  }

  /** Labels may bring a host under a fault, or out of it. */
  #nodeChanged(node: Node): void {
    const host = this.#hostKeeper.hosts.get(node.metadata.name);
    if (!host) return;
    const before = host.labels;
    this.#hostKeeper.update(host, node);
    if (this.#faults.faults.length > 0 && JSON.stringify(before) !== JSON.stringify(host.labels)) this.#afflict(host);
  }

  /** The machine is gone with all that ran on it; what becomes of the Pod objects is for others to decide. */
  #abandon(node: Node): void {
    const host = this.#hostKeeper.hosts.get(node.metadata.name);
    if (!host) return;
    this.#evictions.remove(host);
    this.#hostKeeper.abandon(host);
    for (const { life } of [...host.residents]) {
      this.#network?.forget(life.pod);
      this.#podKeeper.remove(life.pod);
    }
  }

  #podAdded(pod: Pod): void {
    const host = this.#hostKeeper.hosts.get(pod.spec.nodeName ?? '');
    if (host) this.#podKeeper.adopt(pod, host);
  }

  #networkKeeper(network: PodNetwork): NetworkKeeper {
    const resident = (pod: Pod) => (this.#podKeeper.knows(pod) ? this.#podKeeper.get(keyOf(pod)) : undefined);
    return new NetworkKeeper({
      network,
      clock: this.#clock,
      onReady: (pod) => {
        const found = resident(pod);
        if (found) this.#podKeeper.look(found);
      },
      onRefused: (pod, _, error) => {
        const host = resident(pod)?.host;
        const message = `Failed to create pod sandbox: ${error instanceof Error ? error.message : String(error)}`;
        if (host) this.#events.object(host, pod, 'Warning', 'FailedCreatePodSandBox', message);
      },
    });
  }

  #world() {
    return {
      ...(this.#network && { network: this.#network }),
      keys: (kind: 'ConfigMap' | 'Secret', namespace: string, name: string) =>
        this.#references.keys(kind, namespace, name),
      claim: (namespace: string, name: string) => this.#references.claim(namespace, name),
      faults: (pod: Pod, host: { name: string }) => {
        const { faults } = this.#faults;
        const place = this.#hostKeeper.hosts.get(host.name);
        return podFaults(place ? faults : [], pod, place ?? { name: '', labels: {} }, this.#clock.now());
      },
    };
  }

  #referenceChanged(namespace: string): void {
    if (!this.#ready) return;
    for (const resident of this.#podKeeper.residents())
      if (resident.life.pod.metadata.namespace === namespace && resident.life.wanting) this.#podKeeper.look(resident);
  }

  #faultsChanged(changed: readonly Fault[]): void {
    if (!this.#ready) return;
    for (const host of this.#hostKeeper.hosts.values()) {
      if (!changed.some((fault) => strikesHost(fault, host))) continue;
      this.#afflict(host);
      for (const resident of host.residents)
        if (changed.some((fault) => strikesPod(fault, resident.life.pod, host))) this.#podKeeper.look(resident);
    }
  }

  /** Reckons anew what the faults do to the host, and acts upon the difference. */
  #afflict(host: Host): void {
    const now = this.#clock.now();
    const before = host.faults;
    host.faults = hostFaults(
      this.#faults.faults.filter((fault) => !isPast(fault, now)),
      host,
      now,
    );
    if (JSON.stringify(before) === JSON.stringify(host.faults)) return;
    this.#planEviction(host);
    this.#hostKeeper.faultsChanged(host);
    if (before.silent !== host.faults.silent || before.skewMs !== host.faults.skewMs) this.#podKeeper.lookAll(host);
  }

  #planEviction(host: Host): void {
    if (host.faults.evictMs > 0) this.#evictions.hasten(host, this.#clock.now() + host.faults.evictMs);
    else this.#evictions.remove(host);
  }

  #evict(host: Host): void {
    this.#planEviction(host);
    const victim = host.silent ? undefined : nextVictim(host);
    if (!victim) return;
    victim.life.end(EVICTED);
    this.#events.object(host, victim.life.pod, 'Warning', 'Evicted', EVICTED.message);
    this.#podKeeper.look(victim);
  }

  async #ensureNamespace(name: string): Promise<void> {
    try {
      await this.#o.client.create(NAMESPACES, { metadata: { name }, spec: {} });
    } catch (error) {
      if (!isStatus(error, 'AlreadyExists')) throw error;
    }
  }
}
