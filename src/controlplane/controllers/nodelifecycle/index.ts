/** Watches over the hosts: marks those that fall silent, and taints them so that Pods leave, as fast as the zones allow. */

import { BY_NODE, createLoop, type Env, isReady, type Loop, type Reconciled } from '../../../control/index.ts';
import { isStatus, LEASES, type Lease, NODES, type Node, PODS, type Pod, rfc3339, sleep } from '../../../kube/index.ts';
import { hasFallenSilent, isSilent, look, readinessOf, type Sighting, silentConditions, wasAway } from './health.ts';
import { evictionKey, executeTaints, hasTaint, scheduleTaints } from './taints.ts';
import { Allowance, isBlackout, judgeZones, zoneOf } from './zones.ts';

const PERIOD_MS = 5000;
const LEASE_NAMESPACE = 'kube-node-lease';

export function nodeLifecycleController(env: Env): Loop {
  const { client } = env;
  const nodes = env.caches.of(NODES);
  const leases = env.caches.of(LEASES);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder('node-controller');
  const sightings = new Map<string, Sighting>();
  const allowances = new Map<string, Allowance>();
  /** Schedule taints follow conditions at once. */
  const tainter = createLoop(env, 'node-taints', taintForScheduling, 10);

  leases.onChange({ add: sawLease, update: sawLease });
  nodes.onChange({
    add: sawNode,
    update: sawNode,
    delete: (node) => sightings.delete(node.metadata.name),
  });
  return { start: (signal) => Promise.all([tainter.start(signal), watch(signal)]).then(() => undefined) };

  function sawLease({ metadata }: Lease): void {
    const node = metadata.namespace === LEASE_NAMESPACE ? nodes.get(metadata.name) : undefined;
    if (node) see(node);
  }

  function sawNode(node: Node): void {
    see(node);
    if (scheduleTaints(node, 0)) tainter.enqueue(node.metadata.name);
  }

  function see(node: Node): Sighting {
    const { name } = node.metadata;
    const lease = leases.get(`${LEASE_NAMESPACE}/${name}`);
    const sighting = look(sightings.get(name), node, lease, env.clock.now());
    sightings.set(name, sighting);
    return sighting;
  }

  async function watch(signal: AbortSignal): Promise<void> {
    let last = env.clock.now();
    while (!signal.aborted) {
      if (wasAway(last, env.clock.now(), PERIOD_MS)) forgive();
      last = env.clock.now();
      await pass();
      await sleep(env.clock, PERIOD_MS, signal).catch(() => undefined);
    }
  }

  /** What the hosts sent meanwhile may still lie unread: their time starts anew. */
  function forgive(): void {
    for (const [name, sighting] of sightings) sightings.set(name, { ...sighting, seenAt: env.clock.now() });
  }

  async function pass(): Promise<void> {
    const now = env.clock.now();
    const silent = [...nodes.list()].filter((node) => isSilent(see(node), node, now));
    await Promise.all(silent.map((node) => guarded(node, markSilent)));
    const unknown = [...nodes.list()].filter(hasFallenSilent);
    await Promise.all(unknown.map((node) => guarded(node, markPodsUnready)));
    await taintForEviction(now);
  }

  async function markPodsUnready({ metadata }: Node): Promise<void> {
    await Promise.all(pods.byIndex(BY_NODE, metadata.name).map(markUnready));
  }

  async function guarded(node: Node, work: (node: Node) => Promise<void>): Promise<void> {
    try {
      await work(node);
    } catch (error) {
      if (!isStatus(error, 'Conflict', 'NotFound')) env.onError?.('node-lifecycle', node.metadata.name, error);
    }
  }

  async function markSilent(node: Node): Promise<void> {
    const conditions = silentConditions(node, env.clock.now());
    if (!conditions) return;
    await client.replace(NODES, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' });
    recorder.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
  }

  /** Its kubelet cannot say so any more. */
  async function markUnready(pod: Pod): Promise<void> {
    if (!isReady(pod)) return;
    const lastTransitionTime = rfc3339(env.clock.now());
    const conditions = pod.status!.conditions!.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime } : condition,
    );
    try {
      await client.replace(PODS, { ...pod, status: { ...pod.status, conditions } }, { subresource: 'status' });
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    } catch (error) {
      if (!isStatus(error, 'Conflict', 'NotFound')) throw error;
    }
  }

  /** Healthy hosts lose the taint at once, silent ones get it at their zone's pace; in a blackout nobody has it. */
  async function taintForEviction(now: number): Promise<void> {
    const all = [...nodes.list()];
    const zones = judgeZones(all);
    const blackout = isBlackout(zones);
    for (const node of all) {
      const key = blackout ? undefined : evictionKey(node);
      if (key && !hasTaint(node, key, 'NoExecute') && !mayEvict(node, zones.get(zoneOf(node))!.rate, now)) continue;
      const taints = executeTaints(node, key, now);
      if (taints) await guarded(node, (one) => writeTaints(one, taints));
    }
  }

  /** Swapping one of the two taints for the other evicts nobody anew. */
  function mayEvict(node: Node, rate: number, now: number): boolean {
    if (
      readinessOf(node) !== 'True' &&
      node.spec.taints?.some((taint) => taint.effect === 'NoExecute' && /\/(not-ready|unreachable)$/.test(taint.key))
    ) {
      return true;
    }
    const zone = zoneOf(node);
    const allowance = allowances.get(zone) ?? new Allowance(now);
    allowances.set(zone, allowance);
    return allowance.take(rate, now);
  }

  async function taintForScheduling(name: string): Promise<Reconciled> {
    const node = nodes.get(name);
    const taints = node && scheduleTaints(node, env.clock.now());
    if (taints) await writeTaints(node, taints);
    return undefined;
  }

  async function writeTaints(node: Node, taints: NonNullable<Node['spec']['taints']>): Promise<void> {
    const { name, uid, resourceVersion } = node.metadata;
    const body = { metadata: { uid, resourceVersion }, spec: { taints } };
    await client.patch(NODES, name, { kind: 'merge', body });
  }
}
