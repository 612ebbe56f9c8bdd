/** A whole maintenance on the fleet: emptied within its budgets, repaired, verified, given back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFault, runHostCommand } from '../../src/fleet/index.ts';
import { CONFIG_MAPS, isConditionTrue, LEASES, NODES, POD_DISRUPTION_BUDGETS } from '../../src/kube/index.ts';
import {
  type InspectHost,
  isOpen,
  MaintenanceDesk,
  type Operation,
  runMaintenance,
} from '../../src/maintenance/index.ts';
import { HostBook } from '../../src/nodes/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { eventually } from './harness.ts';

let plane: FleetPlane;
let records: Records;
let desk: MaintenanceDesk;
const stop = new AbortController();
const errors: unknown[] = [];
let running: Promise<void>;

const inspect: InspectHost = async (host) => {
  const node = await plane.client.get(NODES, host);
  const ready = isConditionTrue(node, 'Ready');
  return [{ check: 'node.ready', level: ready ? 'info' : 'error', message: ready ? 'Ready' : 'not Ready' }];
};

beforeAll(async () => {
  plane = await startFleetPlane(9);
  records = await openRecords(plane.dataDir);
  desk = new MaintenanceDesk({ client: plane.client, records });
  running = runMaintenance({
    client: await plane.connect(),
    records,
    signal: stop.signal,
    inspect,
    shop: { run: (host, command) => runHostCommand(plane.client, host, command) },
    times: { verifyGapMs: 100, tickMs: 100 },
    onError: (error) => errors.push(error),
  });
  await plane.deploy('web', 12);
  await plane.client.create(POD_DISRUPTION_BUDGETS, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: 10, selector: { matchLabels: { app: 'web' } } },
  });
});
afterAll(async () => {
  stop.abort();
  await running;
  await records?.close();
  await plane?.stop();
});

const ask = (host: string, more: object = {}) => ({
  host,
  address: host,
  kind: 'planned' as const,
  reason: 'kubelet is stuck',
  actor: 'li.wei',
  healthyDelayMs: 0,
  ...more,
});

async function ended(id: string): Promise<Operation> {
  return eventually(
    () => desk.ledger.get(id),
    (operation) => !isOpen(operation),
    { what: `${id} ended` },
  );
}

it('a maintenance from the preview to the host given back', async () => {
  const host = 'gz1-r0101-01';
  const fault = await plane.client.create(
    CONFIG_MAPS,
    makeFault('disk-full', { hosts: [host] }, { parameters: { evictSeconds: '0' } }),
  );
  const request = ask(host, { repair: 'clean-disk', drain: true });
  const preview = await desk.preview(request);
  expect(preview).toMatchObject({ refusals: [], approvals: [], drain: true });
  expect(preview.impact.applications.map(({ application }) => application)).toEqual(['Deployment/web']);
  const { id } = await desk.request(request, preview);
  const operation = await ended(id);
  expect(operation).toMatchObject({ state: 'succeeded', prior: 'ready' });
  expect(operation.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
    'lock done',
    'notify skipped',
    'cordon done',
    'drain done',
    'enter done',
    'repair done',
    'verify done',
    'restore done',
    'report skipped',
    'close done',
  ]);
  const node = await plane.client.get(NODES, host);
  expect(node.spec.unschedulable ?? false).toBe(false);
  expect(node.metadata.labels?.['jdos.jd.com/status']).toBe('ready');
  expect(Object.keys(node.metadata.annotations ?? {}).filter((key) => key.includes('cordon'))).toEqual([]);
  await expect(plane.client.get(CONFIG_MAPS, fault.metadata.name, { namespace: 'jdos-fleet' })).rejects.toThrow(
    'not found',
  );
  expect(await Array.fromAsync(plane.client.listAll(LEASES, { namespace: 'jdos-system' }))).toEqual([]);
  expect(await new HostBook(records).state(host)).not.toHaveProperty('operation');
  expect(errors).toEqual([]);
});
