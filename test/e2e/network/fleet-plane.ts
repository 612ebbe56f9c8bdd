/** A plane with a simulated fleet whose kubelets give addresses of claims: hosts, Pods and faults, no command line. */
import { fleetNetwork } from '../../../src/cli/fleet-network.ts';
import { createEnv, type Env } from '../../../src/control/index.ts';
import type { ControllerName } from '../../../src/controlplane/index.ts';
import { ensureHosts, type FleetHandle, makeHosts, startFleet } from '../../../src/fleet/index.ts';
import { type core, type KubeClient, NAMESPACES, PODS, type Pod, systemClock } from '../../../src/kube/index.ts';
import { CLAIM_ANNOTATION, startNetwork } from '../../../src/network/index.ts';
import { installKinds } from '../../../src/resources/index.ts';
import { startScheduler } from '../../../src/scheduler/index.ts';
import { REAL, startPlane } from '../plane.ts';

export interface FleetPlane {
  readonly client: KubeClient;
  readonly hosts: readonly string[];
  readonly faults: string[];
  readonly kubeconfig: string;
  /** What a controller of ours is given; it ends with the plane. */
  readonly env: Env;
  /** A Pod with a claim of its name, on a host. */
  pod(name: string, host: string, annotations?: Record<string, string>): Promise<Pod>;
  restartFleet(): Promise<void>;
  stop(): Promise<void>;
}

export interface FleetPlaneOptions {
  readonly hosts: number;
  readonly controllers?: readonly ControllerName[];
  /** Run a scheduler. @default false */
  readonly scheduler?: boolean;
}

export async function startFleetPlane({
  hosts: count,
  controllers = [],
  scheduler = false,
}: FleetPlaneOptions): Promise<FleetPlane> {
  const end = new AbortController();
  const faults: string[] = [];
  const plane = await startPlane({ onError: (error, path) => faults.push(`${path}: ${error}`) });
  const client = await plane.connect();
  await installKinds(client);
  await client.create(NAMESPACES, { metadata: { name: 'shop' }, spec: {} });
  const wanted = makeHosts(count);
  await ensureHosts(client, wanted, {});
  const signal = end.signal;
  const onError = (name: string, key: string, error: unknown) => faults.push(`${name} ${key}: ${error}`);
  const random = Math.random;
  const env = createEnv({ client: await plane.connect(), clock: systemClock, random, signal, onError });
  await startNetwork(env);
  if (scheduler) await startScheduler({ client: env.client, signal });
  if (controllers.length > 0) await plane.control({ signal, only: controllers });
  // Only the embedded plane knows who the fleet is and what it may do.
  const own = await plane.connect(REAL ? undefined : 'jdos:fleet');
  const start = () => startFleet({ client: own, signal, network: fleetNetwork({ client: own, signal }) });
  let fleet: FleetHandle = await start();
  return {
    client,
    env,
    kubeconfig: plane.kubeconfig,
    hosts: wanted.map(({ metadata }) => metadata.name!),
    faults,
    pod(name, host, annotations = { [CLAIM_ANNOTATION]: name }) {
      const spec: core.PodSpec = {
        nodeName: host,
        containers: [{ name: 'main', image: 'web:1' }],
        terminationGracePeriodSeconds: 0,
      };
      return client.create(PODS, { metadata: { name, namespace: 'shop', annotations }, spec });
    },
    async restartFleet() {
      await fleet.stop();
      fleet = await start();
    },
    async stop() {
      await fleet.stop();
      end.abort();
      await plane.stop();
    },
  };
}
