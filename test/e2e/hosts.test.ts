/** The life of hosts on the fleet: labels, taints and cordons follow the book, whoever else writes to the Nodes. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeHosts } from '../../src/fleet/index.ts';
import { NODES, type Node, PODS } from '../../src/kube/index.ts';
import { type InspectHost, isOpen, MaintenanceDesk, runMaintenance } from '../../src/maintenance/index.ts';
import {
  HostBook,
  NET_STATUS,
  type NodeLifecycle,
  RACK,
  STATUS,
  startNodeLifecycle,
  storeInventory,
  userByAuditLog,
  ZONE,
} from '../../src/nodes/index.ts';
import { listAudit, openRecords, type Records } from '../../src/records/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { eventually } from './harness.ts';

let plane: FleetPlane;
let records: Records;
let book: HostBook;
const stop = new AbortController();
const errors: unknown[] = [];
let running: Promise<void>;
let lives: NodeLifecycle;
/** Hosts that somebody doubts. */
const doubted = new Set<string>();
const freezes: (string | undefined)[] = [];
const inspect: InspectHost = async () => [{ check: 'node.ready', level: 'info', message: 'Ready' }];

beforeAll(async () => {
  plane = await startFleetPlane(makeHosts(9));
  records = await openRecords(plane.dataDir);
  book = new HostBook(records);
  const { signal } = stop;
  const onError = (error: unknown) => errors.push(error);
  const client = await plane.connect();
  lives = await startNodeLifecycle({
    client,
    records,
    signal,
    pollMs: 100,
    doubt: (host) => (doubted.has(host) ? 'somebody doubts it' : undefined),
    onFreeze: (reason) => freezes.push(reason),
    userOf: userByAuditLog(join(plane.dataDir, 'audit.log')),
    onError,
  });
  const shop = { run: async () => ({ code: 0, output: '' }) };
  running = runMaintenance({ client, records, signal, inspect, shop, times: { verifyGapMs: 50, tickMs: 50 }, onError });
  await eventually(
    () => book.states(),
    (states) => states.length === 9,
    { what: 'all hosts taken over' },
  );
});
afterAll(async () => {
  stop.abort();
  await running;
  await records?.close();
  await plane?.stop();
});

const node = (name: string) => plane.client.get(NODES, name);
const label = (name: string, key: string, value: string | null) =>
  plane.client.patch(
    NODES,
    name,
    { kind: 'merge', body: { metadata: { labels: { [key]: value } } } },
    { fieldManager: 'kubectl-label' },
  );
const jdosTaints = (one: Node) =>
  (one.spec.taints ?? [])
    .filter(({ key }) => key.startsWith('jdos.jd.com/'))
    .map(({ key, effect }) => `${key}:${effect}`);
const until = <T>(name: string, see: (one: Node) => T, holds: (seen: T) => boolean, what: string) =>
  eventually(async () => see(await node(name)), holds, { ms: 10_000, what });

it('D3 a ready host whose network is down takes no new Pods, and those that are there stay', async () => {
  const name = 'gz1-r0101-02';
  await plane.client.create(PODS, {
    metadata: { name: 'stays', namespace: 'default' },
    spec: { nodeName: name, containers: [{ name: 'main', image: 'web:1' }] },
  });
  await label(name, NET_STATUS, 'down');
  await until(name, jdosTaints, (taints) => taints.join() === 'jdos.jd.com/not-ready:NoSchedule', 'a taint');
  expect((await plane.client.get(PODS, 'stays', { namespace: 'default' })).metadata.deletionTimestamp).toBeUndefined();
  await label(name, NET_STATUS, 'ready');
  await until(name, jdosTaints, (taints) => taints.length === 0, 'no taint');
});

it('D4 a label that is edited by hand is put right, and the audit names the user who did it', async () => {
  const name = 'gz2-r0201-01';
  await label(name, STATUS, 'retired');
  await until(
    name,
    (one) => one.metadata.labels?.[STATUS],
    (status) => status === 'ready',
    'the label restored',
  );
  await label(name, STATUS, null);
  await until(
    name,
    (one) => one.metadata.labels?.[STATUS],
    (status) => status === 'ready',
    'the label there again',
  );
  const { items } = await listAudit(records, { object: `host/${name}` });
  expect(items).toContainEqual(
    expect.objectContaining({
      actor: 'jdos-admin',
      action: 'host.label-edited',
      detail: { label: STATUS, found: 'retired', restored: 'ready', by: 'kubectl-label' },
    }),
  );
});

it('identity labels are what the inventory says, whatever the kubelet writes', async () => {
  const name = 'gz3-r0301-01';
  await storeInventory(
    records,
    [{ host: name, zone: 'gz-3', rack: 'r99-09', cpuModel: 'Intel(R) Xeon(R) @ 2.10GHz' }],
    Date.now(),
  );
  await until(
    name,
    (one) => one.metadata.labels?.[RACK],
    (rack) => rack === 'r99-09',
    'the rack of the inventory',
  );
  await label(name, RACK, 'r00-00');
  await label(name, ZONE, 'elsewhere');
  const seen = await until(
    name,
    (one) => one.metadata.labels,
    (labels) => labels?.[RACK] === 'r99-09' && labels[ZONE] === 'gz-3',
    'rack and zone',
  );
  expect(seen).toMatchObject({ 'jdos.jd.com/cpu.model': 'intel-xeon-2.10ghz', 'topology.kubernetes.io/zone': 'gz-3' });
});

it('D6 D11 a host that a person has cordoned stays cordoned, and its conditions follow the steps and clear', async () => {
  const name = 'gz1-r0101-01';
  await plane.client.patch(NODES, name, { kind: 'merge', body: { spec: { unschedulable: true } } });
  const desk = new MaintenanceDesk({ client: plane.client, records });
  const wish = {
    host: name,
    address: name,
    kind: 'planned' as const,
    reason: 'fan',
    actor: 'li.wei',
    healthyDelayMs: 0,
  };
  const { id } = await desk.request(wish, await desk.preview(wish));
  const holds = (one: Node) =>
    (one.status?.conditions ?? [])
      .filter(({ type, status }) => status === 'True' && /Maint|Drain/.test(type))
      .map(({ type }) => type);
  await until(name, holds, (seen) => seen.join() === 'Drained,MaintenanceInProgress', 'the conditions of maintenance');
  expect((await node(name)).status?.conditions).toContainEqual(
    expect.objectContaining({ type: 'DrainInProgress', status: 'False' }),
  );
  expect(jdosTaints(await node(name))).toEqual(['jdos.jd.com/maintenance:NoSchedule']);
  await eventually(
    () => desk.ledger.get(id),
    ({ state }) => state === 'blocked',
  );
  await desk.done(id, 'li.wei', 'new fan');
  await eventually(
    () => desk.ledger.get(id),
    (operation) => !isOpen(operation),
  );
  await until(name, holds, (seen) => seen.length === 0, 'no conditions');
  const after = await node(name);
  expect(after.spec.unschedulable).toBe(true);
  expect(after.metadata.labels?.[STATUS]).toBe('ready');
  expect(jdosTaints(after)).toEqual([]);
});

it('D10 two operations on one host: the second is refused and told who holds it', async () => {
  const name = 'gz2-r0201-02';
  const desk = new MaintenanceDesk({ client: plane.client, records });
  const wish = { host: name, address: name, kind: 'planned' as const, reason: 'disk', actor: 'li.wei' };
  const preview = await desk.preview(wish);
  const { id } = await desk.request(wish, preview);
  await expect(desk.request({ ...wish, actor: 'wang.fang' }, preview)).rejects.toThrow(
    `operation ${id} of li.wei holds it`,
  );
  expect((await desk.preview(wish)).refusals.join()).toContain(id);
  await desk.abort(id, 'li.wei', 'enough');
  await eventually(
    () => desk.ledger.get(id),
    ({ state }) => state === 'aborted',
  );
  expect((await desk.preview(wish)).refusals).toEqual([]);
});

it('D5 what is in the book and not yet on the Node is put there once by whoever comes next', async () => {
  const name = 'gz3-r0301-02';
  const before = (await book.state(name))!;
  const facts = { host: name, labels: {}, sinceMs: 0, pods: 0 };
  await book.change(before, { to: 'suspect', actor: 'li.wei', reason: 'noise' }, facts);
  await until(
    name,
    (one) => one.metadata.labels?.[STATUS],
    (status) => status === 'suspect',
    'the label',
  );
  expect((await book.history(name)).items.map(({ to }) => to)).toEqual(['suspect', 'ready']);
});

it('D7 while the network of 40 % of a zone is down no status changes by itself, and people are told', async () => {
  const [here, there] = ['gz2-r0201-02', 'gz2-r0201-03'];
  for (const name of [here, there]) await label(name, NET_STATUS, 'down');
  await eventually(
    async () => freezes.at(-1),
    (reason) => reason === 'the network of 2 of 3 hosts of zone gz-2 is down',
    { what: 'a freeze' },
  );
  const doubtful = 'gz1-r0101-03';
  doubted.add(doubtful);
  lives.look(doubtful);
  // Labels are put right all the same; by then the doubtful host has long been looked at.
  await label(there, STATUS, 'retired');
  await until(
    there,
    (one) => one.metadata.labels?.[STATUS],
    (status) => status === 'ready',
    'the label restored',
  );
  const over = Date.now();
  for (const name of [here, there]) await label(name, NET_STATUS, 'ready');
  await until(
    doubtful,
    (one) => one.metadata.labels?.[STATUS],
    (status) => status === 'suspect',
    'the doubt taken up',
  );
  const [change] = (await book.history(doubtful)).items;
  expect(change).toMatchObject({ from: 'ready', to: 'suspect' });
  expect(change!.at, 'not before the storm was over').toBeGreaterThanOrEqual(over);
  const told = (await listAudit(records, { object: 'hosts' })).items.map(({ action }) => action);
  expect(told).toEqual(expect.arrayContaining(['hosts.frozen', 'hosts.resumed']));
});

it('met no errors', () => expect(errors).toEqual([]));
