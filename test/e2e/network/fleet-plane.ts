/** A plane with a simulated fleet whose kubelets give addresses of claims: hosts, Pods and faults, no command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fleetNetwork } from '../../../src/cli/fleet-network.ts';
import { createEnv, type Env } from '../../../src/control/index.ts';
import { type ControllerName, startControllers, startControlPlane } from '../../../src/controlplane/index.ts';
import { ensureHosts, type FleetHandle, makeHosts, startFleet } from '../../../src/fleet/index.ts';
import {
  type core,
  KubeClient,
  loadKubeconfig,
  NAMESPACES,
  PODS,
  type Pod,
  systemClock,
} from '../../../src/kube/index.ts';
import { CLAIM_ANNOTATION, startNetwork } from '../../../src/network/index.ts';
import { installKinds } from '../../../src/resources/index.ts';
import { startScheduler } from '../../../src/scheduler/index.ts';

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
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-fleet-plane-'));
  const end = new AbortController();
  const faults: string[] = [];
  const plane = await startControlPlane({ dataDir, onError: (error, path) => faults.push(`${path}: ${error}`) });
  const kubeconfig = join(dataDir, 'kubeconfig');
  const clients: KubeClient[] = [];
  const connect = async (text: string) => {
    writeFileSync(kubeconfig, text, { mode: 0o600 });
    const client = new KubeClient(await loadKubeconfig({ path: kubeconfig }));
    clients.push(client);
    return client;
  };
  const client = await connect(plane.adminKubeconfig);
  await installKinds(client);
  await client.create(NAMESPACES, { metadata: { name: 'shop' }, spec: {} });
  const wanted = makeHosts(count);
  await ensureHosts(client, wanted, {});
  const signal = end.signal;
  const onError = (name: string, key: string, error: unknown) => faults.push(`${name} ${key}: ${error}`);
  const random = Math.random;
  const env = createEnv({ client: await connect(plane.adminKubeconfig), clock: systemClock, random, signal, onError });
  await startNetwork(env);
  if (scheduler) await startScheduler({ client: env.client, signal });
  if (controllers.length > 0) await startControllers({ client: env.client, signal, only: controllers });
  const own = await connect(await plane.kubeconfigFor('jdos:fleet', []));
  const start = () => startFleet({ client: own, signal, network: fleetNetwork({ client: own, signal }) });
  let fleet: FleetHandle = await start();
  const admin = join(dataDir, 'admin.kubeconfig');
  writeFileSync(admin, plane.adminKubeconfig, { mode: 0o600 });
  return {
    client,
    env,
    kubeconfig: admin,
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
      for (const one of clients) await one.close();
      await plane.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
