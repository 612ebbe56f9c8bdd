/** What every controller is given. */
import type { Registry } from 'prom-client';
import { type Clock, EventRecorder, type KubeClient } from '../kube/index.ts';
import { Caches } from './caches.ts';

export interface Env {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly caches: Caches;
  /** Between 0 and 1, for the suffixes of names. */
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly metrics?: Registry;
  /** Told of every error that a controller will retry. */
  readonly onError?: (controller: string, key: string, error: unknown) => void;
  recorder(component: string): EventRecorder;
}

export interface EnvOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly metrics?: Registry;
  readonly onError?: (controller: string, key: string, error: unknown) => void;
}

export function createEnv(options: EnvOptions): Env {
  const { client, clock, signal } = options;
  return {
    ...options,
    caches: new Caches(client, clock, signal),
    recorder: (component) => new EventRecorder(client, component, { clock }),
  };
}

/** One control loop: made when its informers are asked for, run when they have synced. */
export interface Loop {
  /** Runs until the signal aborts. */
  start(signal: AbortSignal): Promise<void>;
}
