/** Which hosts a policy takes for lost, and what keeps it from acting; a pure function of evidence and time. */
import { rfc3339 } from '../../kube/index.ts';
import type { DisruptionPolicy } from '../../resources/index.ts';
import type { HostEvidence } from './host-evidence.ts';

export type NodeFailure = DisruptionPolicy['spec']['nodeFailure'];
export type NodeRecord = NonNullable<NonNullable<DisruptionPolicy['status']>['nodes']>[number];

export interface Hold {
  readonly reason: 'ClusterThreshold' | 'ZoneThreshold' | 'Policy';
  readonly message: string;
}

export interface Judgement {
  /** What is to be written down before anything is done. */
  readonly records: NodeRecord[];
  /** Hosts whose Pods may be made anew now. */
  readonly lost: readonly string[];
  /** Why nothing, or not everything, is done. */
  readonly hold?: Hold;
  /** Milliseconds after which time alone changes the judgement. */
  readonly lookAgainMs?: number;
}

/** Fewer dead hosts than this are failures of their own, whatever share of a small cluster they are; as upstream. */
const PATTERN = 3;
const MINUTE_MS = 60_000;
const LOOK_MS = 10_000;

export function judge(
  policy: NodeFailure,
  hosts: readonly HostEvidence[],
  records: readonly NodeRecord[],
  now: number,
): Judgement {
  const dead = hosts.filter((host) => host.fenced || deadSince(policy, host) !== undefined);
  if (dead.length === 0) return { records: [], lost: [] };
  const hold = holdOf(policy, hosts, dead);
  const confirmed = dead.filter((host) => host.fenced || isConfirmed(policy, host, now));
  const free = policy.action === 'Hold' ? [] : confirmed.filter((host) => host.fenced || !hold.zones.has(host.zone));
  const begun = records.filter(
    ({ node, verdict }) => verdict === 'Recreated' && confirmed.some((host) => host.node === node),
  );
  const known = new Set(begun.map(({ node }) => node));
  const waiting = free.filter(({ node }) => !known.has(node)).sort((a, b) => since(policy, a) - since(policy, b));
  const next = waiting.slice(0, roomFor(policy.maxNodesPerMinute, records, now));
  const started = next.map(({ node }): NodeRecord => ({ node, verdict: 'Recreated', since: rfc3339(now) }));
  const recreated = [...begun, ...started];
  const others = dead.filter(({ node }) => !recreated.some((record) => record.node === node));
  return {
    records: [...recreated, ...others.map((host) => recordOf(policy, host, confirmed))],
    lost: recreated.map(({ node }) => node).filter((node) => free.some((host) => host.node === node)),
    ...(hold.why && { hold: hold.why }),
    lookAgainMs: LOOK_MS,
  };
}

/** The latest moment at which all signs had come to say so; undefined while one does not. */
function deadSince({ confirmations }: NodeFailure, { deadSince: signs }: HostEvidence): number | undefined {
  const times = confirmations.map((sign) => signs[sign]);
  if (times.length === 0 || times.some((time) => time === undefined)) return undefined;
  return Math.max(...times.map((time) => time!));
}

function isConfirmed(policy: NodeFailure, host: HostEvidence, now: number): boolean {
  return now - deadSince(policy, host)! >= policy.minDownSeconds * 1000;
}

function since(policy: NodeFailure, host: HostEvidence): number {
  return deadSince(policy, host) ?? 0;
}

/** Hosts given up by a person count too: they are as dead. Silent hosts count by their Lease, before any other sign. */
function holdOf(policy: NodeFailure, hosts: readonly HostEvidence[], dead: readonly HostEvidence[]) {
  const silent = hosts.filter((host) => dead.includes(host) || host.deadSince.Lease !== undefined);
  const zones = new Set(hosts.map(({ zone }) => zone));
  const isOver = (part: number, whole: number, share: number) => part >= PATTERN && part / whole >= share;
  if (policy.action === 'Hold') return { zones, why: { reason: 'Policy', message: 'action is Hold' } satisfies Hold };
  if (isOver(silent.length, hosts.length, policy.clusterThreshold)) {
    const message = `${silent.length} of ${hosts.length} hosts are silent: the fault is likely not theirs`;
    return { zones, why: { reason: 'ClusterThreshold', message } satisfies Hold };
  }
  const inZone = (list: readonly HostEvidence[], zone: string) => list.filter((host) => host.zone === zone).length;
  const over = [...zones].filter((zone) => isOver(inZone(silent, zone), inZone(hosts, zone), policy.zoneThreshold));
  if (over.length === 0) return { zones: new Set<string>() };
  const message = `most hosts of zone ${over.join(', ')} are silent: the fault is likely not theirs`;
  return { zones: new Set(over), why: { reason: 'ZoneThreshold', message } satisfies Hold };
}

/** Of a rate below one a minute, one in as many minutes as it takes. */
function roomFor(perMinute: number, records: readonly NodeRecord[], now: number): number {
  if (perMinute <= 0) return 0;
  const windowMs = MINUTE_MS * Math.max(1, 1 / perMinute);
  const recent = records.filter(({ verdict, since: at }) => verdict === 'Recreated' && now - Date.parse(at) < windowMs);
  return Math.max(0, Math.max(1, Math.floor(perMinute)) - recent.length);
}

function recordOf(policy: NodeFailure, host: HostEvidence, confirmed: readonly HostEvidence[]): NodeRecord {
  const verdict = confirmed.includes(host) ? 'Confirmed' : 'Suspect';
  return { node: host.node, verdict, since: rfc3339(deadSince(policy, host) ?? 0) };
}
