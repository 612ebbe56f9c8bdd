/** DisruptionPolicies: what may happen to Pods when hosts fail or are drained. */
import type { Env } from '../../control/index.ts';
import { type DisruptionOptions, disruptionController } from './controller.ts';

export type { DisruptionOptions } from './controller.ts';
export type { PeersFailingSince } from './host-evidence.ts';

/** Resolves when policies are carried out; the Env's signal ends it. */
export async function startDisruption(env: Env, options: DisruptionOptions = {}): Promise<void> {
  const controller = disruptionController(env, options);
  await env.caches.synced();
  void controller.start(env.signal);
}
