/** Watches over all hosts' Leases, asks further witnesses about those that fall silent, and keeps each verdict with its evidence. */
import {
  type Clock,
  conditionOf,
  type core,
  Informer,
  type KubeClient,
  LEASES,
  type Lease,
  NODES,
  type Node,
  sleep,
  systemClock,
} from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { PEER_REACHABLE } from '../../resources/index.ts';
import { RACK, ZONE } from '../lifecycle/host-labels.ts';
import type { Verdict } from '../vocabulary.ts';
import { type BlindRules, blindness, DEFAULT_BLIND_RULES } from './blindness.ts';
import { reachedByPeers, tellReachable } from './peer-condition.ts';
import type { HostProbes, Word } from './probes.ts';
import { type Evidence, verdictFrom } from './verdict.ts';

export interface HostVerdictsOptions {
  readonly client: KubeClient;
  readonly records: Records;
  readonly probes: HostProbes;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** A Lease that has not changed for so long, by our own clock, is silent. @default 40 s */
  readonly graceMs?: number;
  /** @default 5 s */
  readonly periodMs?: number;
  readonly blind?: Partial<BlindRules>;
  /** Told of each host whose verdict has changed. */
  readonly onVerdict?: (host: string, verdict: HostVerdict) => void;
  readonly onError?: (error: unknown) => void;
}

export interface HostVerdict {
  readonly verdict: Verdict;
  readonly since: number;
  readonly evidence: readonly Evidence[];
}

/** What others may rest automatic acts on. */
export interface HostVerdicts {
  /** Undefined until a full grace period has been watched. */
  of(host: string): HostVerdict | undefined;
  /** Why nothing may happen by itself at the moment; undefined when it may. */
  blind(): string | undefined;
}

const LEASE_NAMESPACE = 'kube-node-lease';
const PEERS = 3;
/** So many rounds in a row must be well before a verdict is taken back. */
const RECOVERIES = 3;
const PROBES_AT_ONCE = 20;
const PROBE_MS = 5_000;

/** Resolves when Leases and Nodes are known; ends with the signal. */
export async function watchHosts(options: HostVerdictsOptions): Promise<HostVerdicts> {
  const watch = new HostWatch(options);
  await watch.start();
  return watch;
}

interface Beat {
  readonly renewal: string;
  readonly at: number;
}

class HostWatch implements HostVerdicts {
  readonly #o: HostVerdictsOptions;
  readonly #clock: Clock;
  readonly #nodes: Informer<Node>;
  readonly #leases: Informer<Lease>;
  readonly #beats = new Map<string, Beat>();
  readonly #silentSince = new Map<string, number>();
  readonly #wells = new Map<string, number>();
  readonly #verdicts = new Map<string, HostVerdict>();
  #startedAt = 0;
  #blind: string | undefined;

  constructor(options: HostVerdictsOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
    const base = { clock: this.#clock, ...(options.onError && { onError: options.onError }) };
    this.#nodes = new Informer(options.client, NODES, { ...base, transform: slimNode });
    this.#leases = new Informer(options.client, LEASES, { ...base, namespace: LEASE_NAMESPACE, transform: slimLease });
  }

  of(host: string): HostVerdict | undefined {
    const own = this.#verdicts.get(host);
    return own && this.#blind && own.verdict !== 'Ready' ? { ...own, verdict: 'ControlPlaneBlind' } : own;
  }

  blind(): string | undefined {
    return this.#blind;
  }

  async start(): Promise<void> {
    const { signal } = this.#o;
    this.#nodes.start(signal);
    this.#leases.start(signal);
    await Promise.all([this.#nodes.synced(signal), this.#leases.synced(signal)]);
    // Times in Leases are other people's clocks: what counts is when we saw one change.
    const beat = ({ metadata, spec }: Lease) => {
      const renewal = String(spec.renewTime ?? '');
      if (this.#beats.get(metadata.name)?.renewal !== renewal)
        this.#beats.set(metadata.name, { renewal, at: this.#clock.now() });
    };
    this.#leases.onChange({ add: beat, update: beat, delete: ({ metadata }) => this.#beats.delete(metadata.name) });
    this.#startedAt = this.#clock.now();
    void this.#run(signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#clock, this.#o.periodMs ?? 5_000, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#round(signal);
      } catch (error) {
        if (!signal.aborted) this.#o.onError?.(error);
      }
    }
  }

  /** After a start nothing is said until every host has had a whole grace period to be heard. */
  async #round(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const graceMs = this.#o.graceMs ?? 40_000;
    if (now - this.#startedAt < graceMs) return;
    const nodes = [...this.#nodes.list()];
    for (const { metadata } of nodes) this.#notice(metadata.name, now, graceMs);
    this.#forget(new Set(nodes.map(({ metadata }) => metadata.name)));
    this.#blind = blindness(
      nodes.map((node) => ({
        host: node.metadata.name,
        ...placeOf(node),
        since: this.#silentSince.get(node.metadata.name),
      })),
      { ...DEFAULT_BLIND_RULES, withinMs: graceMs, ...this.#o.blind },
    );
    const suspects = nodes.filter(({ metadata }) => this.#silentSince.has(metadata.name));
    for (const node of nodes) if (!this.#silentSince.has(node.metadata.name)) await this.#well(node, now);
    // Who is blind asks nobody: it would only hear its own blindness.
    for (let at = 0; at < suspects.length; at += PROBES_AT_ONCE) {
      const some = suspects.slice(at, at + PROBES_AT_ONCE);
      await Promise.all(some.map((node) => this.#suspect(node, nodes, now, signal)));
    }
  }

  #notice(host: string, now: number, graceMs: number): void {
    const beat = this.#beats.get(host);
    const silent = now - (beat?.at ?? this.#startedAt) >= graceMs;
    if (!silent) this.#silentSince.delete(host);
    else if (!this.#silentSince.has(host)) this.#silentSince.set(host, now);
  }

  #forget(there: ReadonlySet<string>): void {
    for (const map of [this.#verdicts, this.#silentSince, this.#wells]) {
      for (const host of map.keys()) if (!there.has(host)) map.delete(host);
    }
  }

  async #well(node: Node, now: number): Promise<void> {
    const host = node.metadata.name;
    const before = this.#verdicts.get(host);
    const wells = (this.#wells.get(host) ?? 0) + 1;
    this.#wells.set(host, wells);
    if (wells >= RECOVERIES)
      await tellReachable(this.#o.client, node, { reachable: true, message: 'it reports again', now });
    if (before?.verdict === 'Ready' || (before && wells < RECOVERIES)) return;
    const lease: Evidence = { witness: 'lease', says: 'alive', detail: 'is renewed', at: now };
    await this.#conclude(host, 'Ready', [lease], now, before === undefined);
  }

  async #suspect(node: Node, nodes: readonly Node[], now: number, signal: AbortSignal): Promise<void> {
    const host = node.metadata.name;
    this.#wells.set(host, 0);
    const silentMs = now - (this.#beats.get(host)?.at ?? this.#startedAt);
    const lease: Evidence = {
      witness: 'lease',
      says: 'dead',
      detail: `not renewed for ${Math.round(silentMs / 1000)} s`,
      at: now,
    };
    const others = this.#blind ? [] : await this.#witnesses(node, nodes, signal);
    await this.#conclude(
      host,
      this.#blind ? 'ControlPlaneBlind' : verdictFrom([lease, ...others]),
      [lease, ...others],
      now,
    );
    const reachable = reachedByPeers(others);
    if (reachable === undefined) return;
    const message = others.filter(({ witness }) => witness === 'peer').map(({ detail }) => detail);
    await tellReachable(this.#o.client, node, { reachable, message: message.join('; '), now });
  }

  async #witnesses(node: Node, nodes: readonly Node[], signal: AbortSignal): Promise<Evidence[]> {
    const host = node.metadata.name;
    const { probes } = this.#o;
    const late = AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]);
    const peers = this.#peersFor(node, nodes).map(async (peer) => {
      const { says, detail } = await probes.peer(peer, host, late);
      return this.#evidence('peer', { says, detail: `${peer}: ${detail}` });
    });
    return Promise.all([
      probes.kubelet(host, late).then((said) => this.#evidence('kubelet', said)),
      probes.agent(host, late).then((said) => this.#evidence('agent', said)),
      ...peers,
    ]);
  }

  /** Hosts of other racks that report. */
  #peersFor(node: Node, nodes: readonly Node[]): string[] {
    const { rack } = placeOf(node);
    const fit = nodes.filter((one) => placeOf(one).rack !== rack && !this.#silentSince.has(one.metadata.name));
    const step = Math.max(1, Math.floor(fit.length / PEERS));
    return fit
      .filter((_, i) => i % step === 0)
      .slice(0, PEERS)
      .map(({ metadata }) => metadata.name);
  }

  #evidence(witness: Evidence['witness'], { says, detail }: Word): Evidence {
    return { witness, says, detail, at: this.#clock.now() };
  }

  /** The first word that a host is well is no news; every other verdict is kept. */
  async #conclude(
    host: string,
    verdict: Verdict,
    evidence: readonly Evidence[],
    now: number,
    silently = false,
  ): Promise<void> {
    const before = this.#verdicts.get(host);
    const after: HostVerdict = { verdict, evidence, since: before?.verdict === verdict ? before.since : now };
    this.#verdicts.set(host, after);
    if (before?.verdict === verdict || silently) return;
    const row = {
      host,
      at: now,
      verdict,
      evidence: JSON.stringify({ evidence, ...(this.#blind && { blind: this.#blind }) }),
    };
    await this.#o.records.db.insertInto('host_verdict').values(row).execute();
    this.#o.onVerdict?.(host, after);
  }
}

export interface KeptVerdict {
  readonly at: number;
  readonly verdict: string;
  readonly evidence: readonly Evidence[];
  readonly blind?: string;
}

/** The verdicts that were ever passed on a host, the newest first. */
export async function verdictsOn({ db }: Records, host: string, limit = 20): Promise<KeptVerdict[]> {
  const rows = await db
    .selectFrom('host_verdict')
    .selectAll()
    .where('host', '=', host)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(({ at, verdict, evidence }) => ({
    at,
    verdict,
    ...(JSON.parse(evidence) as Pick<KeptVerdict, 'evidence' | 'blind'>),
  }));
}

function placeOf({ metadata: { labels } }: Node): { rack: string | undefined; zone: string | undefined } {
  return { rack: labels?.[RACK], zone: labels?.[ZONE] };
}

/** Of its conditions the one that is written here. */
function slimNode(node: Node): Node {
  const { metadata } = node;
  const told = conditionOf(node, PEER_REACHABLE);
  const { name, uid, resourceVersion, creationTimestamp, labels } = metadata;
  return {
    metadata: {
      name,
      uid,
      resourceVersion,
      creationTimestamp,
      labels: { [RACK]: labels?.[RACK] ?? '', [ZONE]: labels?.[ZONE] ?? '' },
    },
    spec: {},
    ...(told && { status: { conditions: [told as core.NodeCondition] } }),
  };
}

function slimLease({ metadata, spec }: Lease): Lease {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = metadata;
  return {
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { renewTime: spec.renewTime ?? '' },
  } as Lease;
}
