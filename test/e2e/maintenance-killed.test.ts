/** A maintenance whose process dies with SIGKILL before every write it makes, and is carried on by the next one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Informer, LEASES, NODES, POD_DISRUPTION_BUDGETS, PODS, type Pod } from '../../src/kube/index.ts';
import { PostOffice } from '../../src/maintenance/fixture.ts';
import { isOpen, MaintenanceDesk, STEPS, setBudgetRules, setMailSettings } from '../../src/maintenance/index.ts';
import { HostBook, STATUS } from '../../src/nodes/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { eventually, ROOT } from './harness.ts';

const MAIN = join(ROOT, 'test/maintenance-main.ts');
const LEAST = 10;
const namespace = 'default';
const stop = new AbortController();
let plane: FleetPlane;
let records: Records;
let desk: MaintenanceDesk;
let office: PostOffice;
/** The fewest ready Pods, and the most hosts held in one zone, that were ever seen. */
let [fewest, most] = [Number.POSITIVE_INFINITY, 0];

beforeAll(async () => {
  plane = await startFleetPlane(9);
  records = await openRecords(plane.dataDir);
  desk = new MaintenanceDesk({ client: plane.client, records });
  await setBudgetRules(desk.ledger, { perRack: 1, zoneShare: 0.02, zoneHealthy: 0.5 }, 'test');
  office = await PostOffice.open();
  const people = { from: 'jdos@example.com', to: ['ops@example.com'], owners: {}, language: 'en' as const };
  await setMailSettings(desk.ledger, { ...office.place, ...people }, 'test');
  await plane.deploy('web', 12);
  await plane.client.create(POD_DISRUPTION_BUDGETS, {
    metadata: { name: 'web', namespace },
    spec: { minAvailable: LEAST, selector: { matchLabels: { app: 'web' } } },
  });
  await watchBudgets();
});
afterAll(async () => {
  stop.abort();
  await office?.[Symbol.asyncDispose]();
  await records?.close();
  await plane?.stop();
});

async function watchBudgets(): Promise<void> {
  const pods = new Informer(plane.client, PODS, { namespace, labelSelector: 'app=web' });
  const leases = new Informer(plane.client, LEASES, { namespace: 'jdos-system' });
  pods.start(stop.signal);
  leases.start(stop.signal);
  await pods.synced();
  const count = () => {
    fewest = Math.min(fewest, [...pods.list()].filter(isReady).length);
  };
  pods.onChange({ add: count, update: count, delete: count });
  const held = () => {
    const zones = Map.groupBy(leases.list(), ({ metadata }) => metadata.name.split('-')[1]!);
    most = Math.max(most, ...[...zones.values()].map((all) => all.length));
  };
  leases.onChange({ add: held });
}

/** Going Pods count until they are gone: a budget speaks of those that are ready and stay. */
function isReady({ metadata, status }: Pod): boolean {
  return (
    !metadata.deletionTimestamp && status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true
  );
}

function launch(boundary: number): ChildProcess {
  const args = ['--disable-warning=ExperimentalWarning', MAIN, plane.kubeconfig, plane.dataDir, String(boundary)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function request(host: string) {
  const wish = {
    host,
    address: host,
    kind: 'planned' as const,
    reason: 'test',
    actor: 'li.wei',
    healthyDelayMs: 0,
    repair: 'reboot',
    drain: true,
  };
  const { id } = await desk.request(wish, await desk.preview(wish));
  await desk.approve(id, 'wang.fang');
  return id;
}

interface AuditEvent {
  readonly stage: string;
  readonly objectRef?: { readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** How often each Pod was evicted, as the API server has noted it; a refusal is none. */
function evictionsBy(audit: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of audit.split('\n').filter((text) => text.includes('"eviction"'))) {
    const { stage, objectRef, responseStatus } = JSON.parse(line) as AuditEvent;
    const done = stage === 'ResponseComplete' && objectRef?.subresource === 'eviction' && responseStatus?.code === 201;
    if (done) counts.set(objectRef.name!, (counts.get(objectRef.name!) ?? 0) + 1);
  }
  return counts;
}

it('E8 killed at the beginning and at the end of each of its steps, it ends as if nothing had been', {
  timeout: 600_000,
}, async () => {
  const host = 'gz1-r0101-01';
  const id = await request(host);
  let deaths = 0;
  while (isOpen(await desk.ledger.get(id))) {
    // Each life may make one write more and then dies before the next.
    const child = launch(1);
    await Promise.race([
      once(child, 'exit'),
      eventually(
        () => desk.ledger.get(id),
        (operation) => !isOpen(operation),
      ),
    ]);
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    deaths++;
  }
  const operation = await desk.ledger.get(id);
  expect(operation.state).toBe('succeeded');
  expect(operation.steps.map(({ step }) => step)).toEqual(STEPS);
  expect(deaths).toBeGreaterThanOrEqual(2 * STEPS.length - 1);
  expect(operation.repairs).toBe(1);
  const replies = office.letters.map(({ text }) => /^In-Reply-To: /m.test(text));
  expect(replies, 'one letter before, and one after that answers it').toEqual([false, true]);
  const evictions = evictionsBy(readFileSync(join(plane.dataDir, 'audit.log'), 'utf8'));
  expect(evictions.size).toBeGreaterThan(0);
  expect(new Set(evictions.values()), 'no Pod is evicted twice').toEqual(new Set([1]));
  const node = await plane.client.get(NODES, host);
  expect(node.metadata.labels?.[STATUS]).toBe('ready');
  expect(node.spec.unschedulable ?? false).toBe(false);
  expect((await new HostBook(records).history(host)).items.map(({ to }) => to).reverse()).toEqual([
    'ready',
    'cordoned',
    'draining',
    'maintenance',
    'recovering',
    'ready',
  ]);
});

it('a second process at the same time changes nothing: each operation is carried out once', async () => {
  const children = [launch(1e9), launch(1e9), launch(1e9)];
  const ids = [await request('gz2-r0201-01'), await request('gz3-r0301-01')];
  for (const id of ids)
    await eventually(
      () => desk.ledger.get(id),
      (operation) => !isOpen(operation),
      { what: id },
    );
  for (const child of children) child.kill('SIGKILL');
  for (const id of ids) expect(await desk.ledger.get(id)).toMatchObject({ state: 'succeeded', repairs: 1 });
});

it('and in all of that no budget was exceeded, of disruptions or of hosts', () => {
  expect(fewest).toBeGreaterThanOrEqual(LEAST);
  expect(most).toBe(1);
});
