/** JDOS's own components: the one list from which `jdos up` and `jdos controllers` start them. */
import type { Registry } from 'prom-client';
import { createEnv, type Env } from '../control/index.ts';
import { type Clock, type KubeClient, LeaderElection, systemClock } from '../kube/index.ts';

/** What a component is given. All share the caches of one Env; each starts what it asked for before it returns. */
export interface ComponentContext extends Env {
  /** The data directory of `jdos up`; absent on a cluster of its own. */
  readonly dataDir?: string;
  /** Where the records are: the data directory, or a database. */
  readonly records?: string;
  /** Ranges of addresses that checks of Releases may ask though they are refused otherwise. */
  readonly allowCheckAddresses?: readonly string[];
}

export interface Component {
  readonly name: string;
  /** Resolves when the component does its work; the Env's signal stops it. */
  readonly start: (context: ComponentContext) => Promise<void>;
}

/** A room adds its line here. Rooms are imported when they start. */
export const COMPONENTS: readonly Component[] = [
  { name: 'groups', start: startGroups },
  { name: 'inspection', start: async (context) => (await import('./inspect/component.ts')).startPlans(context) },
  { name: 'releases', start: async (env) => (await import('../groups/index.ts')).startReleases(env, env) },
  { name: 'network', start: async (env) => (await import('../network/index.ts')).startNetwork(env) },
  { name: 'services', start: async (context) => (await import('../services/index.ts')).startServices(context) },
  { name: 'hosts', start: async (context) => (await import('./maintain/component.ts')).startHosts(context) },
  { name: 'retention', start: async (context) => (await import('./retention.ts')).startRetention(context) },
];

/** The network says how a claim is told to it; Groups only pass it on. */
async function startGroups(env: ComponentContext): Promise<void> {
  const [groups, network] = await Promise.all([import('../groups/index.ts'), import('../network/index.ts')]);
  await groups.startGroups(env, { addresses: network.addressAnnotations });
}

export interface ComponentsOptions {
  readonly client: KubeClient;
  readonly signal: AbortSignal;
  /** Differs from every other candidate's, but is the same after a restart of the same one. */
  readonly identity: string;
  readonly dataDir?: string;
  /** @default the data directory */
  readonly records?: string;
  readonly allowCheckAddresses?: readonly string[];
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly metrics?: Registry;
  /** Told of every error that will be tried again. */
  readonly onError?: (component: string, key: string, error: unknown) => void;
  /** Told whenever this process has begun to lead and all components run, and when it has ceased to. */
  readonly onLeading?: (leads: boolean) => void;
  readonly components?: readonly Component[];
}

const LEASE = { namespace: 'kube-system', name: 'jdos-controllers' };

/** Runs the components while this process leads: of several processes on one cluster one does. Ends with the signal. */
export async function runComponents(options: ComponentsOptions): Promise<void> {
  const { client, signal, identity, clock = systemClock, random = Math.random, onError, onLeading } = options;
  const complain = (error: unknown) => onError?.('leader election', identity, error);
  const election = new LeaderElection(client, { lease: LEASE, identity, clock, random, onError: complain });
  await election.run(signal, async (_, leading) => {
    const metrics = options.metrics && { metrics: options.metrics };
    const env = createEnv({ client, clock, random, signal: leading, ...metrics, ...(onError && { onError }) });
    const { dataDir, records = dataDir, allowCheckAddresses = [] } = options;
    const context = { ...env, ...(dataDir && { dataDir }), ...(records && { records }), allowCheckAddresses };
    await Promise.all((options.components ?? COMPONENTS).map(({ start }) => start(context)));
    onLeading?.(true);
    await aborted(leading);
    onLeading?.(false);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
