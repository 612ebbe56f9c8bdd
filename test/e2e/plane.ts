/**
 * The control plane that a test stands on: embedded in this process, or (JDOS_TARGET=real) a real kube-apiserver with a
 * kube-controller-manager. Hosts and what runs on them the test brings along.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import {
  type ControllerName,
  type ControllersOptions,
  type ControlPlaneOptions,
  startControllers,
  startControlPlane,
} from '../../src/controlplane/index.ts';
import { KubeClient, loadKubeconfig } from '../../src/kube/index.ts';
import { startRealControlPlane } from '../real/real-control-plane.ts';

export interface Plane {
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly caPem: string;
  /** As the administrator, or as somebody else; closed with the plane. */
  connect(user?: string): Promise<KubeClient>;
  /** Runs these controllers until the signal aborts, or the plane stops. Once only. */
  control(options: ControlOptions): Promise<void>;
  stop(): Promise<void>;
}

/** A real kube-controller-manager goes by its own clock and reports to nobody. */
export type ControlOptions = Pick<ControllersOptions, 'only' | 'clock' | 'signal' | 'onError'>;
export type PlaneOptions = Pick<ControlPlaneOptions, 'kubelet' | 'onError'>;

export const REAL = process.env.JDOS_TARGET === 'real';

export function startPlane(options: PlaneOptions = {}): Promise<Plane> {
  return REAL ? startReal() : startEmbedded(options);
}

async function startEmbedded(options: PlaneOptions): Promise<Plane> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jdos-plane-'));
  const plane = await startControlPlane({ ...options, dataDir });
  const write = (name: string, text: string) => {
    const path = join(dataDir, `${name.replace(/\W+/g, '-')}.kubeconfig`);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const kubeconfig = write('admin', plane.adminKubeconfig);
  const clients = new Clients();
  return {
    kubeconfig,
    caPem: plane.caPem,
    connect: async (user) =>
      clients.open(user === undefined ? kubeconfig : write(user, await plane.kubeconfigFor(user, []))),
    control: async (control) =>
      startControllers({ client: await clients.open(kubeconfig), rootCertificate: plane.caPem, ...control }),
    async stop() {
      await clients.close();
      await plane.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** As no kubelet of its own reports, nothing is to be done to a new Node, and no Pod needs a token. */
const WITHOUT = '--disable-admission-plugins=TaintNodesByCondition,ServiceAccount';

async function startReal(): Promise<Plane> {
  const plane = await startRealControlPlane({ controllers: false, apiServerFlags: [WITHOUT] });
  const clients = new Clients();
  return {
    kubeconfig: plane.kubeconfig,
    caPem: plane.caPem,
    connect: async (user) =>
      clients.open(user === undefined ? plane.kubeconfig : await plane.credentials.kubeconfig(user)),
    control: ({ only }) => plane.startControllers(only ? [`--controllers=${only.map(realName)}`] : []),
    async stop() {
      await clients.close();
      await plane.stop();
    },
  };
}

const REAL_NAMES: Partial<Record<ControllerName, string>> = { 'root-ca': 'root-ca-certificate-publisher-controller' };
const realName = (name: ControllerName) => REAL_NAMES[name] ?? `${name}-controller`;

class Clients {
  readonly #open: KubeClient[] = [];

  async open(path: string): Promise<KubeClient> {
    const client = new KubeClient(await loadKubeconfig({ path }));
    this.#open.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#open.splice(0)) await client.close();
  }
}
