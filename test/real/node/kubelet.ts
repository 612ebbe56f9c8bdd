/** The kubelet of a real node: its configuration and its way into the cluster. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyPair } from '../../../src/controlplane/access/pki.ts';
import type { RunningProgram } from '../process.ts';
import { buildParts } from '../real-control-plane.ts';
import type { Host } from './host.ts';

export interface KubeletOptions {
  readonly name: string;
  readonly cgroup: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of the node's own user. */
  readonly kubeconfig: string;
  readonly clientCaPem: string;
  readonly serving: KeyPair;
  /** In place of what is chosen here. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** May be stopped and started again. */
export interface Kubelet {
  /** `failure` rejects when it ends. */
  start(): { readonly failure: Promise<never> };
  stop(): Promise<void>;
}

/** Writes what it needs. */
export function prepareKubelet(host: Host, options: KubeletOptions): Kubelet {
  const file = (name: string, text: string) => {
    const path = join(host.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const labels = Object.entries(options.labels).map(([key, value]) => `${key}=${value}`);
  const flags = [
    `--config=${file('kubelet.json', JSON.stringify(configuration(host, options, file), undefined, 2))}`,
    `--kubeconfig=${options.kubeconfig}`,
    `--hostname-override=${options.name}`,
    `--node-ip=${host.address}`,
    ...(labels.length > 0 ? [`--node-labels=${labels}`] : []),
  ];
  const binary = join(buildParts(['kubelet']), 'kubelet');
  let program: RunningProgram | undefined;
  return {
    start() {
      program ??= host.start(binary, ...flags);
      return { failure: program.failure() };
    },
    async stop() {
      await program?.stop();
      program = undefined;
    },
  };
}

/** Fast where tests wait, and careful to claim nothing of the machine it runs on. */
function configuration(host: Host, o: KubeletOptions, file: (name: string, text: string) => string) {
  return {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: file('client-ca.crt', o.clientCaPem) },
    },
    authorization: { mode: 'Webhook' },
    address: host.address,
    tlsCertFile: file('kubelet.crt', o.serving.certPem),
    tlsPrivateKeyFile: file('kubelet.key', o.serving.keyPem),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    resolvConf: '/etc/resolv.conf',
    clusterDomain: 'cluster.local',
    clusterDNS: ['10.96.0.10'],
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: o.cgroup,
    evictionHard: { 'memory.available': '50Mi' },
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: '2s',
    nodeLeaseDurationSeconds: 8,
    syncFrequency: '3s',
    crashLoopBackOff: { maxContainerRestartPeriod: '2s' },
    featureGates: { KubeletCrashLoopBackOffMax: true },
    ...o.configuration,
  };
}
