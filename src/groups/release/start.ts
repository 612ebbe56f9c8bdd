/** Starts the controller of Releases. */
import type { Env } from '../../control/index.ts';
import { PODS } from '../../kube/index.ts';
import { Sightings } from '../sightings.ts';
import { AddressGuard } from './address-guard.ts';
import { askThrough } from './ask.ts';
import { releaseController } from './controller.ts';

export interface ReleasesOptions {
  /** Ranges of addresses that checks may ask though they are refused otherwise: `127.0.0.0/8`. */
  readonly allowCheckAddresses?: readonly string[];
}

/** Resolves when it runs; the Env's signal stops it. */
export async function startReleases(env: Env, { allowCheckAddresses = [] }: ReleasesOptions = {}): Promise<void> {
  const { ask, close } = askThrough(new AddressGuard(allowCheckAddresses));
  env.signal.addEventListener('abort', () => void close(), { once: true });
  const sightings = new Sightings(env.clock);
  sightings.watch(env.caches.of(PODS));
  const loop = releaseController(env, { sightings, ask });
  await env.caches.synced();
  sightings.begin();
  void loop.start(env.signal).catch((error: unknown) => env.onError?.('releases', 'the loop', error));
}
