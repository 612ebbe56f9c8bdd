/** Starts the controllers of Groups and of PodRebuilds. */
import type { Env } from '../control/index.ts';
import type { AddressAnnotations } from './claim-store.ts';
import { groupController } from './controller.ts';
import { watchReleases } from './releases.ts';
import { requestController } from './request-controller.ts';

export interface GroupsOptions {
  /** How a claim of an address is said to the network of the cluster. @default no network is known */
  readonly addresses?: AddressAnnotations;
}

/** Resolves when they run; the Env's signal stops them. */
export async function startGroups(env: Env, { addresses = () => ({}) }: GroupsOptions = {}): Promise<void> {
  const tell = { steered: (_: string) => {} };
  const releases = watchReleases(env, (key) => tell.steered(key));
  const loop = groupController(env, { releases, addresses, canResize: await canResize(env) });
  tell.steered = (key) => loop.enqueueUrgent(key);
  const requests = requestController(env);
  await env.caches.synced();
  for (const one of [loop, requests])
    void one.start(env.signal).catch((error: unknown) => env.onError?.('groups', 'the loop', error));
}

/** Older servers know no resize of a Pod that lives. */
async function canResize({ client }: Env): Promise<boolean> {
  const { body } = await client.request('GET', '/api/v1');
  return Buffer.from(body).toString().includes('"pods/resize"');
}
