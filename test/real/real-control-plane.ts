/**
 * A real Kubernetes control plane on loopback, for comparison: etcd, kube-apiserver, kube-controller-manager and, on
 * request, kube-scheduler, each a process of its own with throw-away certificates and data. The programs are built from
 * the Go module proxy the first time (see `build`); later starts take seconds.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { type Credentials, makeCredentials } from './credentials.ts';
import { makeDirectory } from './leftovers.ts';
import { RunningProgram } from './process.ts';
import { until } from './until.ts';

export interface RealOptions {
  /** @default true */
  readonly controllers?: boolean;
  /** @default false */
  readonly scheduler?: boolean;
  /** Further flags of kube-apiserver. */
  readonly apiServerFlags?: readonly string[];
  /** Further flags of kube-controller-manager. */
  readonly controllerFlags?: readonly string[];
}

export interface RealControlPlane {
  /** Path of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  readonly url: string;
  readonly caPem: string;
  /** Client certificate and key of that user. */
  readonly admin: { readonly certPem: string; readonly keyPem: string };
  /** Certificates, data and logs; gone after `stop`. */
  readonly directory: string;
  /** Where the programs are, kubectl among them. */
  readonly binaries: string;
  /** Makes kubeconfigs of other users, and certificates of other servers. */
  readonly credentials: Credentials;
  /** Runs kube-controller-manager with further flags, where it does not run from the start. */
  startControllers(flags: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startRealControlPlane(options: RealOptions = {}): Promise<RealControlPlane> {
  const { controllers = true, scheduler = false } = options;
  const binaries = buildParts(['etcd', 'kube-apiserver', CONTROLLERS, ...(scheduler ? [SCHEDULER] : [])]);
  const directory = makeDirectory();
  const programs: RunningProgram[] = [];
  const run = (name: string, args: readonly string[]) => {
    const program = new RunningProgram(join(binaries, name), args, join(directory, `${name}.log`));
    programs.push(program);
    return program;
  };
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const stop = async () => {
    process.off('exit', remove);
    for (const program of programs.splice(0).reverse()) await program.stop();
    remove();
  };
  try {
    const [etcdPort, peerPort, apiPort] = (await freePorts(3)) as [number, number, number];
    const url = `https://127.0.0.1:${apiPort}`;
    const credentials = await makeCredentials(directory, url);
    const etcd = run('etcd', etcdFlags(directory, etcdPort, peerPort));
    const api = run('kube-apiserver', [...apiFlags(credentials, etcdPort, apiPort), ...(options.apiServerFlags ?? [])]);
    const ready = until(() => isReady(url, credentials), `kube-apiserver at ${url} to be ready`);
    await Promise.race([ready, etcd.failure(), api.failure()]);
    const startControllers = async (flags: readonly string[]) =>
      void run(CONTROLLERS, [...(await controllerFlags(credentials, directory)), ...flags]);
    if (controllers) await startControllers(options.controllerFlags ?? []);
    if (scheduler) run(SCHEDULER, await clientFlags(credentials, 'system:kube-scheduler'));
    return {
      kubeconfig: await credentials.kubeconfig('admin'),
      url,
      caPem: credentials.caPem,
      admin: credentials.admin,
      directory,
      binaries,
      credentials,
      startControllers,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CONTROLLERS = 'kube-controller-manager';
const SCHEDULER = 'kube-scheduler';

/** Builds what is missing and answers the directory. */
export function buildParts(parts: readonly string[]): string {
  const build = join(import.meta.dirname, 'build');
  const out = execFileSync(build, [...parts], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return out.trim().split('\n').at(-1)!;
}

function etcdFlags(directory: string, port: number, peerPort: number): string[] {
  const url = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ];
}

function apiFlags(credentials: Credentials, etcdPort: number, port: number): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${port}`,
    `--tls-cert-file=${credentials.serverCert}`,
    `--tls-private-key-file=${credentials.serverKey}`,
    `--client-ca-file=${credentials.caFile}`,
    `--kubelet-certificate-authority=${credentials.caFile}`,
    `--kubelet-client-certificate=${credentials.kubeletClientCert}`,
    `--kubelet-client-key=${credentials.kubeletClientKey}`,
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${credentials.serviceAccountPublicKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    '--profiling=false',
  ];
}

async function controllerFlags(credentials: Credentials, directory: string): Promise<string[]> {
  return [
    ...(await clientFlags(credentials, 'system:kube-controller-manager')),
    `--root-ca-file=${credentials.caFile}`,
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    `--cluster-signing-cert-file=${credentials.caFile}`,
    `--cluster-signing-key-file=${join(directory, 'ca.key')}`,
    '--use-service-account-credentials',
  ];
}

async function clientFlags(credentials: Credentials, user: string): Promise<string[]> {
  const config = await credentials.kubeconfig(user);
  const [port] = (await freePorts(1)) as [number];
  return [
    `--kubeconfig=${config}`,
    `--authentication-kubeconfig=${config}`,
    `--authorization-kubeconfig=${config}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
  ];
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function isReady(url: string, { caPem, admin }: Credentials): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { ca: caPem, cert: admin.certPem, key: admin.keyPem, agent: false };
    const probe = request(`${url}/readyz`, options, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.on('error', () => resolve(false));
    probe.end();
  });
}
