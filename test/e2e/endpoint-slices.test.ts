/** The embedded plane's slices, and those of GroupServices, beside what a real kube-controller-manager wrote. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEndpointCases, GUARDED, PLAIN, writtenIn } from './endpoint-cases.ts';
import { type GuardedPlane, startGuardedPlane } from './guarded-plane.ts';

const GOLDEN = join(import.meta.dirname, 'golden/endpoint-slices.json');
const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, unknown[]>;
let cluster: GuardedPlane;
let stop: () => void;

beforeAll(async () => {
  cluster = await startGuardedPlane([], { idle: true });
  await createEndpointCases(cluster.client, { accounts: false });
  stop = await cluster.serve();
  await cluster.controllers({ only: ['endpointslice'], clock: cluster.clock });
});
afterAll(async () => {
  stop?.();
  await cluster?.stop();
});

describe.each([
  ['E10 GroupServices write', GUARDED],
  ['Services have', PLAIN],
])('%s what a real kube-controller-manager writes', (_, namespace) => {
  it.each(Object.keys(golden))('for %s', async (name) => {
    const written = async () => (await writtenIn(cluster.client, namespace))[name];
    const same = (seen: unknown) => JSON.stringify(seen) === JSON.stringify(golden[name]);
    await cluster.after(200, written, same, name).catch(() => undefined);
    expect(await written()).toEqual(golden[name]);
  });
});

it('met no faults', () => expect(cluster.faults).toEqual([]));
