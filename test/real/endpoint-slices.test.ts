/** On a real API server: what GroupServices write, beside what the real kube-controller-manager writes for Services. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEnv } from '../../src/control/index.ts';
import { KubeClient, loadKubeconfig, systemClock } from '../../src/kube/index.ts';
import { installKinds } from '../../src/resources/index.ts';
import { startServices } from '../../src/services/index.ts';
import { createEndpointCases, GUARDED, PLAIN, writtenIn } from '../e2e/endpoint-cases.ts';
import { eventually } from '../e2e/harness.ts';
import { type RealControlPlane, startRealControlPlane } from './real-control-plane.ts';

const GOLDEN = join(import.meta.dirname, '../e2e/golden/endpoint-slices.json');
const abort = new AbortController();
const faults: string[] = [];
let plane: RealControlPlane;
let client: KubeClient;

beforeAll(async () => {
  plane = await startRealControlPlane({ apiServerFlags: ['--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112'] });
  client = new KubeClient(await loadKubeconfig({ path: plane.kubeconfig }));
  await installKinds(client);
  await createEndpointCases(client, { accounts: true });
  const onError = (name: string, key: string, error: unknown) => faults.push(`${name} ${key}: ${error}`);
  await startServices(createEnv({ client, clock: systemClock, random: Math.random, signal: abort.signal, onError }));
});
afterAll(async () => {
  abort.abort();
  await client?.close();
  await plane?.stop();
});

it('E10 the slices of GroupServices equal those of Services on the same Pods', async () => {
  const isWhole = (written: Record<string, unknown[]>) => Object.values(written).every((slices) => slices.length > 0);
  await eventually(() => writtenIn(client, PLAIN), isWhole, { what: 'slices of kube-controller-manager' });
  const both = async () => [await writtenIn(client, PLAIN), await writtenIn(client, GUARDED)] as const;
  const same = ([plain, guarded]: Awaited<ReturnType<typeof both>>) =>
    JSON.stringify(plain) === JSON.stringify(guarded);
  await eventually(both, same, { ms: 15_000, what: 'equal slices' }).catch(() => undefined);
  const [plain, guarded] = await both();
  expect(guarded).toEqual(plain);
  if (process.env.JDOS_UPDATE) writeFileSync(GOLDEN, `${JSON.stringify(plain, null, 2)}\n`);
  expect(plain).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')));
  expect(faults).toEqual([]);
});
