/** A whole maintenance on the fleet: emptied within its budgets, repaired, verified, given back. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeFault, runHostCommand } from '../../src/fleet/index.ts';
import {
  CONFIG_MAPS,
  isConditionTrue,
  LEASES,
  NODES,
  type Node,
  POD_DISRUPTION_BUDGETS,
  PODS,
} from '../../src/kube/index.ts';
import {
  type InspectHost,
  isOpen,
  MaintenanceDesk,
  type Operation,
  readScene,
  resolveOne,
  runMaintenance,
  setKillSwitch,
} from '../../src/maintenance/index.ts';
import { HostBook, RACK, storeInventory } from '../../src/nodes/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { eventually, ROOT, run } from './harness.ts';

let plane: FleetPlane;
let records: Records;
let desk: MaintenanceDesk;
const stop = new AbortController();
const errors: unknown[] = [];
let running: Promise<void>;
/** Whether repairs fail. */
let broken = false;

const inspect: InspectHost = async (host) => {
  const node = await plane.client.get(NODES, host);
  const ready = isConditionTrue(node, 'Ready');
  return [{ check: 'node.ready', level: ready ? 'info' : 'error', message: ready ? 'Ready' : 'not Ready' }];
};

beforeAll(async () => {
  plane = await startFleetPlane(30);
  records = await openRecords(plane.dataDir);
  desk = new MaintenanceDesk({
    client: plane.client,
    records,
    budgets: { perRack: 9, zoneShare: 1, zoneHealthy: 0.5 },
  });
  running = runMaintenance({
    client: await plane.connect(),
    records,
    signal: stop.signal,
    inspect,
    shop: {
      run: (host, command) =>
        broken ? Promise.resolve({ code: 1, output: 'no' }) : runHostCommand(plane.client, host, command),
    },
    times: { verifyGapMs: 100, tickMs: 100 },
    budgets: { perRack: 9, zoneShare: 1, zoneHealthy: 0.5 },
    onError: (error) => errors.push(error),
  });
  await plane.deploy('web', 40);
  await plane.client.create(POD_DISRUPTION_BUDGETS, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { minAvailable: 35, selector: { matchLabels: { app: 'web' } } },
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

const until = (id: string, holds: (operation: Operation) => boolean, what: string) =>
  eventually(() => desk.ledger.get(id), holds, { what });
const begin = async (request: ReturnType<typeof ask>) => (await desk.request(request, await desk.preview(request))).id;
const schedulable = async (host: string) => !(await plane.client.get(NODES, host)).spec.unschedulable;
const podsOn = async (host: string) =>
  (await plane.client.list(PODS, { fieldSelector: `spec.nodeName=${host}` })).items;
const jdos = (...args: string[]) =>
  run(join(ROOT, 'jdos'), [...args, '--kubeconfig', plane.kubeconfig, '--data', plane.dataDir]);

/** A Pod on this host that nobody else places; a Deployment's by its labels. */
async function place(name: string, host: string, extra: object = {}) {
  const pod = {
    metadata: { name, namespace: 'default', labels: { app: name }, ...extra },
    spec: { nodeName: host, terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'web:1' }] },
  };
  await plane.client.create(PODS, pod);
  await eventually(
    () => plane.client.get(PODS, name, { namespace: 'default' }),
    (seen) => isConditionTrue(seen, 'Ready'),
  );
}

it('E1 the address of a Pod is shown with its host, and what nobody has with the nearest', async () => {
  const [pod] = await podsOn('gz2-r0201-01');
  const address = pod!.status!.podIP!;
  expect(await resolveOne(address, { client: plane.client, records })).toEqual({
    kind: 'pod',
    host: 'gz2-r0201-01',
    text: `the Pod default/${pod!.metadata.name} on gz2-r0201-01`,
  });
  await storeInventory(records, [{ host: 'gz2-r0201-01', bmcIp: '10.99.0.1' }], Date.now());
  expect(await resolveOne('10.99.0.1', { client: plane.client, records })).toMatchObject({
    kind: 'bmc',
    host: 'gz2-r0201-01',
  });
  await expect(resolveOne('10.64.0.99', { client: plane.client, records })).rejects.toThrow(/nearest: 10\.64\.0\./);
});

it('E2 E6 a budget that allows nothing is named before and during the drain, nobody is deleted, and aborting restores', async () => {
  const host = 'gz2-r0201-02';
  await place('single', host);
  await plane.client.create(POD_DISRUPTION_BUDGETS, {
    metadata: { name: 'single', namespace: 'default' },
    spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'single' } } },
  });
  const request = ask(host, { consent: { bare: true }, drainTimeoutMs: 300 });
  await eventually(
    () => desk.preview(request),
    ({ impact }) => impact.blockers.some((text) => text.includes('default/single')),
  );
  const id = await begin(request);
  expect((await desk.approve(id, 'wang.fang')).state).toBe('running');
  const blocked = await until(id, ({ state }) => state === 'blocked', 'the blockade');
  expect(blocked.blockade!.reason).toContain('disruption budget');
  expect(blocked.blockade!.choices).toContain('abort');
  expect(await schedulable(host)).toBe(false);
  expect(
    (await podsOn(host)).find(({ metadata }) => metadata.name === 'single')?.metadata.deletionTimestamp,
  ).toBeUndefined();
  const asked = Date.now();
  await desk.abort(id, 'li.wei', 'the owner must fix the budget');
  await eventually(
    () => schedulable(host),
    (seen) => seen,
    { ms: 5_000, what: 'schedulable again' },
  );
  expect(Date.now() - asked).toBeLessThan(60_000);
  expect(await ended(id)).toMatchObject({ state: 'aborted', prior: 'ready' });
});

it('E7 E20 an operation goes on without whoever asked, and its record tells who, when, why and what was found', async () => {
  const host = 'gz3-r0301-02';
  await using other = await openRecords(plane.dataDir);
  const away = new MaintenanceDesk({ client: plane.client, records: other });
  const request = ask(host, { reason: 'fan' });
  const { id } = await away.request(request, await away.preview(request));
  await other.close();
  await until(id, ({ state, step }) => state === 'blocked' && step === 'repair', 'the repair');
  const shown = await jdos('maintain', 'done', id, '--operator', 'wang.fang', '--reason', 'new fan');
  expect(shown.stderr).toBe('');
  await ended(id);
  const { stdout } = await run(join(ROOT, 'jdos'), ['maintain', 'show', id, '--data', plane.dataDir]);
  for (const text of ['li.wei', 'fan', 'succeeded', 'found before', 'lock', 'drain', 'by wang.fang: new fan', 'took'])
    expect(stdout).toContain(text);
  expect((await jdos('hosts', 'history', host)).stdout).toContain(id);
});

it('E14 an operation whose lease was taken away three times gives the host back and has failed', async () => {
  const host = 'gz1-r0101-02';
  const id = await begin(ask(host));
  await until(id, ({ state, step }) => state === 'blocked' && step === 'repair', 'the repair');
  const lease = await plane.client.get(LEASES, `maintenance-${host}`, { namespace: 'jdos-system' });
  await plane.client.replace(LEASES, { ...lease, spec: { ...lease.spec, holderIdentity: 'somebody-else' } });
  expect(await ended(id)).toMatchObject({ state: 'failed', result: expect.stringContaining('lost 3 times') });
  expect(await schedulable(host)).toBe(true);
  await plane.client.delete(LEASES, `maintenance-${host}`, { namespace: 'jdos-system' });
});

it('E16 without room elsewhere the preview says so and the operation cannot be started', async () => {
  const host = 'gz2-r0201-03';
  const scene = async () => {
    const real = await readScene(plane.client, host);
    const full = real.candidates.map((node) => ({
      ...node,
      status: { ...node.status, allocatable: { cpu: '0', memory: '0', pods: '0' } },
    }));
    return { ...real, candidates: full };
  };
  await place('heavy', host);
  const poor = new MaintenanceDesk({ client: plane.client, records, scene });
  const request = ask(host, { consent: { bare: true } });
  const preview = await poor.preview(request);
  expect(preview.impact.homeless).toContain('default/heavy');
  expect(preview.refusals.join()).toContain('has no room for');
  await expect(poor.request(request, preview)).rejects.toThrow('has no room for');
});

it('E17 when the cause is the rack a drain is refused, with the numbers, and cannot be started', async () => {
  const host = 'gz2-r0201-03';
  const silence = [{ type: 'Ready', status: 'Unknown' as const }];
  const scene = async () => {
    const real = await readScene(plane.client, host);
    const isBeside = (node: Node) => node.metadata.labels?.[RACK] === real.node.metadata.labels?.[RACK];
    const nodes = real.nodes.map((node) =>
      isBeside(node) ? { ...node, status: { ...node.status, conditions: silence } } : node,
    );
    return { ...real, nodes };
  };
  const here = new MaintenanceDesk({ client: plane.client, records, scene });
  const preview = await here.preview(ask(host));
  expect(preview.refusals.join()).toMatch(/the cause is the rack: (\d+) of \1 hosts of r02-01 are silent/);
  await expect(here.request(ask(host), preview)).rejects.toThrow('draining one does not help');
});

it('E18 a repair that fails twice ends the operation, and the host waits for a person', async () => {
  const host = 'gz1-r0101-03';
  broken = true;
  const id = await begin(ask(host, { repair: 'clean-disk', drain: true }));
  expect(await ended(id)).toMatchObject({
    state: 'failed',
    repairs: 2,
    result: expect.stringContaining('failed 2 times'),
  });
  broken = false;
  expect(await new HostBook(records).state(host)).toMatchObject({ status: 'faulty' });
  expect((await plane.client.get(NODES, host)).spec.taints).toContainEqual(
    expect.objectContaining({ key: 'jdos.jd.com/not-ready' }),
  );
});

it('E19 when all maintenance is stopped new operations are refused and the one under way stands still, until it is resumed', async () => {
  const host = 'gz3-r0301-01';
  const id = await begin(ask(host));
  await until(id, ({ state, step }) => state === 'blocked' && step === 'repair', 'the repair');
  await setKillSwitch(desk.ledger, true, 'boss', 'a storm');
  await desk.done(id, 'li.wei', 'done');
  expect((await desk.preview(ask('gz2-r0201-01'))).refusals.join()).toContain('stopped by boss: a storm');
  const { version } = await desk.ledger.get(id);
  await eventually(
    () => desk.ledger.logOf(id),
    (lines) => lines.length > 0,
  );
  expect((await desk.ledger.get(id)).version).toBe(version);
  await setKillSwitch(desk.ledger, false, 'boss', 'over');
  expect(await ended(id)).toMatchObject({ state: 'succeeded' });
});

it('E13 E21 nothing is done without --go, and a recovery is not told before the host is back', async () => {
  const { stdout, code } = await jdos('maintain', 'gz2-r0201-01', '--repair', 'restart-kubelet');
  expect(stdout).toContain('Nothing was done');
  expect(code).toBe(0);
  await run(join(ROOT, 'jdos'), [
    'maintain',
    'mail-settings',
    '--host',
    '127.0.0.1',
    '--port',
    '1',
    '--from',
    'a@b.c',
    '--to',
    'ops@b.c',
    '--data',
    plane.dataDir,
  ]);
  const id = await begin(ask('gz2-r0201-01', { kind: 'emergency' }));
  const early = await run(join(ROOT, 'jdos'), ['maintain', 'mail', id, 'recovery', '--data', plane.dataDir]);
  expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('JDOS_ERR_MAINTENANCE_STATE') });
  await desk.abort(id, 'li.wei', 'enough');
  await ended(id);
});
