/** Starts what this room does. */
import type { Env } from '../control/index.ts';
import { groupServiceController } from './controller.ts';

/** Resolves when it does its work; the Env's signal stops it. */
export async function startServices(env: Env): Promise<void> {
  const loop = groupServiceController(env);
  await env.caches.synced();
  void loop.start(env.signal);
}
