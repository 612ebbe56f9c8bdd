import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KubeClient, type Node, type Pod, VirtualClock } from '../../kube/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { listAudit, openRecords, type Records } from '../../records/index.ts';
import { HostDesk } from './host-desk.ts';
import { nextStatuses } from './host-status.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords(newPlace());
});
afterAll(async () => {
  await records.close();
});

/** One Node that takes merge patches, and Pods on it. */
function deskAt(name: string, status: string, pods: readonly Partial<Pod['metadata']>[] = []) {
  let node = {
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: '',
      labels: { 'jdos.jd.com/status': status },
    },
    spec: {},
  } as Node;
  const client = {
    get: async () => node,
    patch: async (_: unknown, __: string, { body }: { body: { metadata: object; spec?: object } }) => {
      node = { ...node, metadata: { ...node.metadata, ...body.metadata }, spec: { ...node.spec, ...body.spec } };
      return node;
    },
    async *listAll() {
      yield* pods.map((metadata) => ({ metadata }));
    },
  } as unknown as KubeClient;
  return { desk: new HostDesk({ client, records, clock: new VirtualClock() }), node: () => node };
}

const wish = { actor: 'li.wei', reason: 'a new disk' };

test('a host shows every status that may follow, and nothing else', async () => {
  const { desk } = deskAt('shown', 'ready');
  const { moves, state } = await desk.look('shown');
  expect(state.status).toBe('ready');
  expect(moves.map(({ to }) => to)).toEqual(nextStatuses('ready'));
});

test('a preview says what would change on the Node and whether the way back is open, and changes nothing', async () => {
  const { desk, node } = deskAt('previewed', 'ready');
  const before = structuredClone(node());
  const cordoned = (await desk.look('previewed')).moves.find(({ to }) => to === 'cordoned');
  expect(cordoned).toMatchObject({
    undo: true,
    missing: [],
    effects: { unschedulable: true, addedTaints: ['jdos.jd.com/maintenance'], removedTaints: [] },
  });
  expect(node()).toEqual(before);
  expect(await desk.book.state('previewed')).toBeUndefined();
});

test('a move is in the book with its reason, on the Node, in the audit, and can be taken back', async () => {
  const { desk, node } = deskAt('moved', 'ready');
  await desk.move('moved', 'cordoned', wish);
  expect(node().spec).toMatchObject({ unschedulable: true });
  expect(node().metadata.labels?.['jdos.jd.com/status']).toBe('cordoned');
  const { after } = await desk.move('moved', 'ready', wish);
  expect(after).toMatchObject({ status: 'ready', actor: 'li.wei', reason: 'a new disk' });
  const { items } = await listAudit(records, { object: 'host/moved' });
  expect(items.map(({ detail }) => detail.to)).toEqual(['ready', 'cordoned']);
});

test('who saw an older state is refused, as is a step that the table does not have', async () => {
  const { desk } = deskAt('seen', 'ready');
  await desk.move('seen', 'cordoned', { ...wish, version: 0 });
  await expect(desk.move('seen', 'draining', { ...wish, version: 0 })).rejects.toThrow(/changed by someone else/);
  await expect(desk.move('seen', 'retired', wish)).rejects.toThrow(/cannot become retired; it may become/);
});

test('Pods keep a host in service, DaemonSets’ own and static ones aside', async () => {
  const owned = (kind: string) => ({ ownerReferences: [{ apiVersion: 'v1', kind, name: 'x', uid: 'x' }] });
  const { desk } = deskAt('busy', 'faulty', [owned('ReplicaSet'), owned('DaemonSet'), owned('Node')]);
  const offline = (await desk.look('busy')).moves.find(({ to }) => to === 'offline');
  expect(offline?.missing).toEqual(['1 Pods are still on it']);
  await expect(desk.move('busy', 'offline', wish)).rejects.toThrow(/1 Pods are still on it/);
  expect((await desk.move('busy', 'offline', { ...wish, force: true })).after.status).toBe('offline');
});

test('what an operation holds nobody moves', async () => {
  const { desk } = deskAt('held', 'ready');
  const state = await desk.book.adopt('held', 'ready', 'jdos', 'new');
  await desk.book.hold(state, 'm1', 'jdos', 'an operation');
  expect((await desk.look('held')).moves).toEqual([]);
  await expect(desk.move('held', 'cordoned', wish)).rejects.toThrow(/operation m1 holds it/);
});
