/** The controllers that a cluster without a kube-controller-manager needs, run over the ordinary API. */
import type { Registry } from 'prom-client';
import { createEnv, type Env, type Loop } from '../../control/index.ts';
import { type Clock, type KubeClient, systemClock } from '../../kube/index.ts';
import { cronJobController } from './cronjob/index.ts';
import { daemonSetController } from './daemonset/index.ts';
import { deploymentController } from './deployment/index.ts';
import { disruptionController } from './disruption/index.ts';
import { endpointSliceController } from './endpointslice/index.ts';
import { garbageCollector } from './garbagecollector/index.ts';
import { autoscalingController } from './hpa/index.ts';
import { jobController } from './job/index.ts';
import { namespaceController } from './namespace/index.ts';
import { nodeLifecycleController } from './nodelifecycle/index.ts';
import { taintEvictionController } from './nodelifecycle/taint-eviction.ts';
import { podGarbageCollector } from './podgc/index.ts';
import { replicaSetController } from './replicaset/index.ts';
import { resourceQuotaController } from './resourcequota/index.ts';
import { rootCertificateController, serviceAccountController } from './serviceaccount/index.ts';
import { statefulSetController } from './statefulset/index.ts';
import { ttlController } from './ttl/index.ts';
import { ephemeralVolumeController, volumeController } from './volume/index.ts';

export interface ControllersOptions {
  readonly client: KubeClient;
  /** @default systemClock */
  readonly clock?: Clock;
  /** Stops all of them. */
  readonly signal: AbortSignal;
  /** Which to run. @default all */
  readonly only?: readonly ControllerName[];
  /** Not to run, of those. */
  readonly without?: readonly ControllerName[];
  /** PEM text that `kube-root-ca.crt` carries into every namespace; without it there is none. */
  readonly rootCertificate?: string;
  /** Between 0 and 1, for the suffixes of names. @default Math.random */
  readonly random?: () => number;
  readonly metrics?: Registry;
  /** Told of every error that a controller will retry. */
  readonly onError?: (controller: string, key: string, error: unknown) => void;
  /** Told once when all loops have ended after the signal. */
  readonly onStopped?: () => void;
}

/** In the order in which they start: whoever needs whole objects before the garbage collector, who needs metadata. */
const factories = {
  serviceaccount: (env: Env) => [serviceAccountController(env)],
  'root-ca': (env: Env, { rootCertificate }: ControllersOptions) =>
    rootCertificate ? [rootCertificateController(env, rootCertificate)] : [],
  namespace: (env: Env) => [namespaceController(env)],
  deployment: (env: Env) => [deploymentController(env)],
  replicaset: (env: Env) => [replicaSetController(env)],
  statefulset: (env: Env) => [statefulSetController(env)],
  daemonset: (env: Env) => [daemonSetController(env)],
  job: (env: Env) => [jobController(env)],
  cronjob: (env: Env) => [cronJobController(env)],
  'ttl-after-finished': (env: Env) => [ttlController(env)],
  'pod-garbage-collector': (env: Env) => [podGarbageCollector(env)],
  disruption: (env: Env) => [disruptionController(env)],
  'horizontal-pod-autoscaler': (env: Env) => [autoscalingController(env)],
  'node-lifecycle': (env: Env) => [nodeLifecycleController(env)],
  'taint-eviction': (env: Env) => [taintEvictionController(env)],
  resourcequota: (env: Env) => [resourceQuotaController(env)],
  volume: (env: Env) => [volumeController(env)],
  'ephemeral-volume': (env: Env) => [ephemeralVolumeController(env)],
  endpointslice: (env: Env) => [endpointSliceController(env)],
  'garbage-collector': (env: Env) => [garbageCollector(env)],
} as const satisfies Record<string, (env: Env, options: ControllersOptions) => Loop[]>;

export type ControllerName = keyof typeof factories;
export const controllerNames = Object.keys(factories) as readonly ControllerName[];

/** Resolves when the controllers' caches have synced and the controllers run; they stop by the signal. */
export async function startControllers(options: ControllersOptions): Promise<void> {
  const { client, signal, clock = systemClock, random = Math.random, metrics, onError } = options;
  const env = createEnv({ client, clock, random, signal, ...(metrics && { metrics }), ...(onError && { onError }) });
  const chosen = controllerNames.filter((name) => isChosen(name, options));
  const loops = chosen.flatMap((name) => factories[name](env, options));
  await env.caches.synced();
  const running = loops.map((loop) => loop.start(signal));
  void Promise.allSettled(running).then(() => options.onStopped?.());
}

function isChosen(name: ControllerName, { only, without }: ControllersOptions): boolean {
  return (only?.includes(name) ?? true) && !without?.includes(name);
}
