/** The controllers of pools, claims and allocations. */
import { createLoop, type Env, type Loop, sameStatus } from '../../control/index.ts';
import { type Informer, isConditionTrue, isFenced, keyOf, NODES, type Node, PODS, type Pod } from '../../kube/index.ts';
import { IP_ALLOCATIONS, IP_CLAIMS, IP_POOLS, type IPAllocation, type IPClaim } from '../../resources/index.ts';
import { Allocator } from './allocator.ts';
import { HolderWatch } from './holder-watch.ts';
import { Orphans } from './orphans.ts';
import { poolStatus } from './pool-status.ts';
import { BY_CLAIM, byClaim, Register } from './register.ts';

/** Claims by the node of their holder; claims by the pool they ask for; allocations by the pool they are from. */
const BY_HOLDER = 'holder';
const BY_POOL = 'pool';
/** Counts of a pool are written so often at most. */
const COUNT_MS = 1000;
/** A reservation is given so long to show in its claim before it is taken for one left behind. */
const ADOPT_MS = 2000;

/** Resolves when addresses are given out; the Env's signal ends it. */
export async function startNetwork(env: Env): Promise<void> {
  const controller = networkController(env);
  await env.caches.synced();
  void controller.start(env.signal);
}

function networkController(env: Env): Loop {
  const { client, clock } = env;
  const pods = env.caches.of(PODS);
  const nodes = env.caches.of(NODES);
  const pools = env.caches.of(IP_POOLS);
  const claims = env.caches.of(IP_CLAIMS);
  const allocations = env.caches.of(IP_ALLOCATIONS);
  addIndexes(claims, allocations);
  const claimLoop = createLoop(env, 'ip-claim', stepClaim, 16);
  const allocationLoop = createLoop(env, 'ip-allocation', stepAllocation, 2);
  const poolLoop = createLoop(env, 'ip-pool', countPool, 1);
  const orphans = new Orphans({ client, clock });
  let register: Register;
  let allocator: Allocator;

  return {
    async start(signal) {
      register = new Register({ pools, allocations, onRoom: tellClaims });
      const holders = new HolderWatch({ client, clock, pods, nodes });
      allocator = new Allocator({ client, clock, register, holders, recorder: env.recorder('jdos-network') });
      watch();
      await Promise.all([claimLoop, allocationLoop, poolLoop].map((loop) => loop.start(signal)));
    },
  };

  function watch(): void {
    const changed = (claim: IPClaim) => {
      claimLoop.enqueue(keyOf(claim));
      count(claim.status?.pool);
    };
    claims.onChange({ add: changed, update: changed, delete: (claim) => claimGone(claim) });
    allocations.onChange({ add: allocationChanged, update: allocationChanged, delete: ({ spec }) => count(spec.pool) });
    pods.onChange({ add: tellOwn, update: (pod, old) => followed(pod, old) && tellOwn(pod), delete: tellOwn });
    nodes.onChange({ update: (node) => isFenced(node) && tellHolders(node), delete: tellHolders });
  }

  /** Its allocations have lost their claim, and claims that wait may get what it leaves. */
  function claimGone(claim: IPClaim): void {
    for (const { metadata } of allocations.byIndex(BY_CLAIM, keyOf(claim))) allocationLoop.enqueue(metadata.name);
    count(claim.status?.pool);
  }

  function allocationChanged({ metadata, spec }: IPAllocation): void {
    const claim = claims.get(`${spec.claim.namespace}/${spec.claim.name}`);
    if (spec.rest || spec.suspectSince || claim?.metadata.uid !== spec.claim.uid) allocationLoop.enqueue(metadata.name);
    else if (!claim.status?.ips?.includes(spec.address)) claimLoop.enqueue(keyOf(claim), ADOPT_MS);
    count(spec.pool);
  }

  function tellOwn(pod: Pod): void {
    if (claims.get(keyOf(pod))) claimLoop.enqueue(keyOf(pod));
  }

  function tellHolders({ metadata }: Node): void {
    for (const claim of claims.byIndex(BY_HOLDER, metadata.name)) claimLoop.enqueue(keyOf(claim));
  }

  function tellClaims(pool: string, change: 'freed' | 'changed'): void {
    for (const claim of claims.byIndex(BY_POOL, pool))
      if (change === 'changed' || !isConditionTrue(claim, 'Allocated')) claimLoop.enqueue(keyOf(claim));
    count(pool);
  }

  function count(pool: string | undefined): void {
    if (pool) poolLoop.enqueue(pool, COUNT_MS);
  }

  async function stepClaim(key: string) {
    const claim = claims.get(key);
    if (!claim) return undefined;
    const outcome = await allocator.step(claim);
    return typeof outcome === 'object' ? { requeueAfterMs: outcome.lookAgainMs } : undefined;
  }

  async function stepAllocation(name: string) {
    const allocation = allocations.get(name);
    const againMs = allocation && (await orphans.step(allocation));
    return againMs === undefined ? undefined : { requeueAfterMs: Math.max(1, againMs) };
  }

  async function countPool(name: string): Promise<undefined> {
    const [pool, object] = [register.pool(name), pools.get(name)];
    if (!pool || !object) return;
    const claimOf = ({ spec }: IPAllocation) => claims.get(`${spec.claim.namespace}/${spec.claim.name}`);
    const status = poolStatus(pool, object, { allocations: allocations.byIndex(BY_POOL, name), claimOf }, clock);
    if (!sameStatus(object.status, status))
      await client.replace(IP_POOLS, { ...object, status }, { subresource: 'status' });
  }
}

/** Only where another's plugin keeps the addresses do they matter; else a Pod is there or not. */
function followed(pod: Pod, old: Pod): boolean {
  return pod.metadata.uid !== old.metadata.uid || pod.status?.podIP !== old.status?.podIP;
}

function addIndexes(claims: Informer<IPClaim>, allocations: Informer<IPAllocation>): void {
  claims.addIndexers({
    [BY_HOLDER]: ({ status }) => (status?.phase === 'Bound' && status.holder ? [status.holder.node] : []),
    [BY_POOL]: ({ spec, status }) => [...new Set([spec.poolRef.name, status?.pool ?? spec.poolRef.name])],
  });
  allocations.addIndexers({ [BY_CLAIM]: byClaim, [BY_POOL]: ({ spec }) => [spec.pool] });
}
