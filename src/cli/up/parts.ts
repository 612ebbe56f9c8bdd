/** The parts of `jdos up` and what each is told: the one place that knows which room runs in which thread. */
import type { Writable } from 'node:stream';
import type { InstallStep } from '../../resources/index.ts';
import type { PartLife } from './part.ts';
import { launchWorker } from './worker-thread.ts';

export interface PlaneInput {
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  /** A file with an audit Policy. */
  readonly auditPolicy?: string;
}

/** The users as whom the parts speak to the API, each with a kubeconfig of its own. */
export const IDENTITIES = {
  controllers: { user: 'system:kube-controller-manager', groups: [] },
  scheduler: { user: 'system:kube-scheduler', groups: [] },
  fleet: { user: 'jdos:fleet', groups: [] },
  jdos: { user: 'jdos:controllers', groups: [] },
} as const;
export type Identity = keyof typeof IDENTITIES;

export interface PlaneInfo {
  readonly url: string;
  /** PEM. */
  readonly rootCertificate: string;
  /** YAML with credentials: `admin` and one for each identity. */
  readonly kubeconfigs: Readonly<Record<Identity | 'admin', string>>;
}

/** A role that is left out is not played. */
export interface ControllersInput {
  readonly controllers?: Access & { readonly rootCertificate: string };
  readonly scheduler?: Access & {
    /** Which Pods are its own. @default default-scheduler */
    readonly schedulerName?: string;
  };
}

/** The way to a cluster: a kubeconfig file (default: the usual places) and a context in it. */
export interface Access {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface FleetInput {
  readonly kubeconfig: string;
  readonly hosts: number;
}

export interface JdosInfo {
  /** Of the console's first administrator, when this start has made him; shown once and kept nowhere. */
  readonly firstPassword?: string;
}

export interface JdosInput extends Access {
  /** Of the candidate that leads JDOS's components; the same at the next start on the same data directory. */
  readonly identity: string;
  readonly dataDir?: string;
  /** Ready only when the components run; without it as soon as this process stands for election. */
  readonly patient?: boolean;
  readonly allowCheckAddresses: readonly string[];
}

export interface InstallInput {
  readonly kubeconfig: string;
}

export interface ExamplesInput {
  readonly kubeconfig: string;
  readonly dataDir: string;
}

export interface Launch {
  readonly log: Writable;
  readonly onProgress: (text: string) => void;
  readonly nurseryMb?: number;
}

export function launchPlane(input: PlaneInput, launch: Launch): PartLife<PlaneInfo> {
  return launchWorker(new URL('./plane-worker.ts', import.meta.url), { ...launch, input });
}

export function launchControllers(input: ControllersInput, launch: Launch): PartLife<null> {
  return launchWorker(new URL('./controllers-worker.ts', import.meta.url), { ...launch, input });
}

export function launchFleet(input: FleetInput, launch: Launch): PartLife<null> {
  return launchWorker(new URL('./fleet-worker.ts', import.meta.url), { ...launch, input });
}

export function launchJdos(input: JdosInput, launch: Launch): PartLife<JdosInfo> {
  return launchWorker(new URL('./jdos-worker.ts', import.meta.url), { ...launch, input });
}

export function launchInstall(input: InstallInput, launch: Launch): PartLife<readonly InstallStep[]> {
  return launchWorker(new URL('./install-worker.ts', import.meta.url), { ...launch, input });
}

export function launchExamples(input: ExamplesInput, launch: Launch): PartLife<null> {
  return launchWorker(new URL('./examples-worker.ts', import.meta.url), { ...launch, input });
}
