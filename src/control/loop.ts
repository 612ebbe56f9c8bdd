/** A Controller wired to an Env: its clock, its metrics and its ear for errors. */
import { Controller, exponentialLimiter, isStatus } from '../kube/index.ts';
import type { Env } from './env.ts';

export type Reconciled = undefined | { requeueAfterMs: number };

const FIRST_RETRY_MS = 5;
/** A quota that has been raised is noticed no later than this. */
const LAST_RETRY_MS = 60_000;

/** `reconcile` may fail at will: it is called again, later and later. Lost races and gone objects are no news. */
export function createLoop(
  env: Env,
  name: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: an async function without a return is a reconcile too
  reconcile: (key: string, signal: AbortSignal) => Promise<void | Reconciled>,
  concurrency = 5,
): Controller {
  return new Controller({
    name,
    concurrency,
    clock: env.clock,
    limiter: exponentialLimiter(FIRST_RETRY_MS, LAST_RETRY_MS),
    metrics: env.metrics,
    reconcile: async (key, signal) => (await reconcile(key, signal)) ?? undefined,
    onError: (error, key) => {
      if (!isStatus(error, 'Conflict', 'NotFound', 'AlreadyExists')) env.onError?.(name, key, error);
    },
  });
}

/** The sooner of two waits. */
export function sooner(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

export function requeue(ms: number | undefined): Reconciled {
  return ms === undefined ? undefined : { requeueAfterMs: Math.max(1, Math.ceil(ms)) };
}

/** How long to gather changes of the Pods of a workload of this size, so that its cost does not grow with its square. */
export function gatherMs(size: number): number {
  return size <= 200 ? 0 : Math.min(1000, size / 10);
}
