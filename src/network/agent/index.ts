/** The agent of one node: puts addresses on the sandboxes that the node's runtime makes. */
import { join } from 'node:path';
import { type Clock, Informer, type KubeClient, NODES, type Node, systemClock } from '../../kube/index.ts';
import { IP_POOLS, type IPPool } from '../../resources/index.ts';
import { Pool } from '../pool.ts';
import { Attachments } from './attachments.ts';
import type { AnswersFor, RouteWithdrawn } from './evidence.ts';
import { NodeAgent } from './node-agent.ts';
import { networkProbe } from './probe.ts';
import { serve } from './server.ts';
import { Spool } from './spool.ts';

export interface StartNodeAgentOptions {
  readonly client: KubeClient;
  /** Name of the Node that it runs on. */
  readonly node: string;
  /** Where the plugin on the host connects to. */
  readonly socket: string;
  /** What must outlive the agent: DELs under way in `spool`, attachments in `attached`. */
  readonly stateDir: string;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** @default arping and ndisc6 */
  readonly answersFor?: AnswersFor;
  /** Absent where no routes are announced. */
  readonly routeWithdrawn?: RouteWithdrawn;
  readonly onError?: (error: unknown) => void;
}

export interface NodeAgentHandle {
  /** Resolves when the last question has been answered. Idempotent; the signal does the same. */
  stop(): Promise<void>;
}

/** Resolves when it listens and knows the pools. */
export async function startNodeAgent(options: StartNodeAgentOptions): Promise<NodeAgentHandle> {
  const { client, node, socket, stateDir, clock = systemClock, onError = () => {} } = options;
  const stopped = new AbortController();
  const signal = AbortSignal.any([options.signal, stopped.signal]);
  const pools = poolCache(client, { clock, signal, onError });
  const nodes = new Informer<Node>(client, NODES, { clock, onError, fieldSelector: `metadata.name=${node}` });
  nodes.start(signal);
  await Promise.all([pools.synced, nodes.synced(signal)]);
  const { answersFor = networkProbe({ onError }), routeWithdrawn } = options;
  const nodeLabels = () => nodes.get(node)?.metadata.labels;
  const base = { client, clock, answersFor, pool: pools.get, nodeLabels };
  const attachments = new Attachments({ ...base, ...(routeWithdrawn && { routeWithdrawn }) });
  const [pending, journal] = [new Spool(join(stateDir, 'spool')), new Spool(join(stateDir, 'attached'))];
  await Promise.all([pending.open(), journal.open()]);
  const agent = new NodeAgent({ client, clock, node, attachments, pending, journal, onError });
  const server = await serve(agent, socket, signal);
  const running = agent.run(signal);
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  return {
    async stop() {
      stopped.abort();
      await Promise.all([running, closed]);
    },
  };
}

/** Pools are few; each is read once for each of its generations. */
export function poolCache(
  client: Pick<KubeClient, 'list' | 'watch'>,
  o: { readonly clock: Clock; readonly signal: AbortSignal; readonly onError?: (error: unknown) => void },
): { readonly get: (name: string) => Pool | undefined; readonly synced: Promise<void> } {
  const pools = new Map<string, Pool>();
  const informer = new Informer<IPPool>(client, IP_POOLS, { clock: o.clock, ...(o.onError && { onError: o.onError }) });
  informer.onChange({
    add: (pool) => void pools.set(pool.metadata.name, new Pool(pool)),
    update: (pool) => void pools.set(pool.metadata.name, new Pool(pool)),
    delete: (pool) => void pools.delete(pool.metadata.name),
  });
  informer.start(o.signal);
  return { get: (name) => pools.get(name), synced: informer.synced(o.signal) };
}
