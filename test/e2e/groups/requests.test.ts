/** PodRebuilds: somebody asks for the containers of some Pods to be made anew. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PODS } from '../../../src/kube/index.ts';
import { POD_REBUILDS, type PodRebuild } from '../../../src/resources/index.ts';
import { isAtRest, type Loose, Subject, startWorld, statusOf, type World } from './world.ts';

const at = { namespace: 'default' };
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(world?.faults ?? []).toEqual([]);
  await world?.stop();
});

const ask = (name: string, spec: Loose) =>
  world.client.create(POD_REBUILDS, { metadata: { name, ...at }, spec } as never, { fieldValidation: 'Strict' });
const look = (name: string) => world.client.get(POD_REBUILDS, name, at);
const ended = (name: string) =>
  world.until(
    () => look(name),
    ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed',
    `the end of ${name}`,
  );
const phases = ({ status }: PodRebuild) => status?.pods?.map(({ phase }) => phase);
const restarts = (subject: Subject) => subject.pods().map((pod) => statusOf(pod)?.restartCount);

async function running(name: string, spec: Loose = {}): Promise<Subject> {
  const subject = new Subject(world, name);
  await subject.create(spec);
  await subject.settled();
  return subject;
}

it('L17 over a Group takes no more Pods out of service than the Group allows, and changes no revision', async () => {
  const web = await running('l17', { replicas: 6, updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } });
  const before = await web.get();
  const images = web.pods().map((pod) => pod.metadata.uid);
  let most = 0;
  const watching = world.pods.onChange({
    update: () => (most = Math.max(most, web.pods().filter((pod) => !isAtRest(pod)).length)),
  });
  await ask('l17', { groupRef: { name: 'l17' } });
  const done = await ended('l17');
  await web.settled();
  watching();
  expect(done.status).toMatchObject({ phase: 'Succeeded', total: 6, succeeded: 6 });
  expect(most).toBe(2);
  expect(restarts(web)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(web.pods().map((pod) => pod.metadata.uid)).toEqual(images);
  expect((await web.get()).status?.currentRevision).toBe(before.status?.currentRevision);
  expect(web.images().every((image) => image?.startsWith('web:1@sha256:'))).toBe(true);
  await ask('l17-again', { groupRef: { name: 'l17' }, podNames: ['l17-0'] });
  await ended('l17-again');
  expect([web.images()[0], restarts(web)[0]]).toEqual(['web:1', 2]);
});

it('L18 a second request runs though the first was deleted as soon as it had ended', async () => {
  const web = await running('l18', { replicas: 1 });
  await ask('l18-a', { groupRef: { name: 'l18' } });
  await ended('l18-a');
  await world.client.delete(POD_REBUILDS, 'l18-a', at);
  await ask('l18-b', { groupRef: { name: 'l18' } });
  expect(phases(await ended('l18-b'))).toEqual(['Succeeded']);
  expect(restarts(web)).toEqual([2]);
});

it('L18 of one Pod one request is carried out at a time', async () => {
  const web = await running('l18-turns', { replicas: 1 });
  await Promise.all([ask('turn-a', { podNames: ['l18-turns-0'] }), ask('turn-b', { podNames: ['l18-turns-0'] })]);
  await ended('turn-a');
  await ended('turn-b');
  await web.settled();
  // Both were seen before the first had restarted it, so that one restart served both.
  expect(restarts(web)[0]).toBeGreaterThanOrEqual(1);
  expect(restarts(web)[0]).toBeLessThanOrEqual(2);
});

it('L19 a container that has restarted by itself since is not killed a second time', async () => {
  const hold = { hold: 'yes' };
  const lifecycle = { preUpdate: { labelsHandler: hold } };
  const web = new Subject(world, 'l19');
  await web.create({ replicas: 1, lifecycle }, { labels: hold });
  await web.settled();
  await ask('l19', { groupRef: { name: 'l19' } });
  await world.until(
    () => look('l19'),
    (one) => phases(one)?.[0] === 'Rebuilding',
    'the request',
  );
  const { name } = web.pod(0)!.metadata;
  const crash = { 'fleet.jdos.jd.com/run-seconds': '1', 'fleet.jdos.jd.com/exit-code': '1' };
  await world.client.patch(PODS, name, { kind: 'merge', body: { metadata: { annotations: crash } } }, at);
  await world.until(
    () => restarts(web)[0],
    (count) => count === 1,
    'the crash',
  );
  const calm = { 'fleet.jdos.jd.com/run-seconds': null, 'fleet.jdos.jd.com/exit-code': null };
  const body = { metadata: { annotations: calm, labels: { hold: null } } };
  await world.client.patch(PODS, name, { kind: 'merge', body }, at);
  expect(phases(await ended('l19'))).toEqual(['Succeeded']);
  await web.settled();
  expect(web.images()).toEqual(['web:1']);
});

it('tells what it cannot do, gives up at its deadline, and is cleared away when it has ended', async () => {
  await world.client.create(PODS, {
    metadata: { name: 'alone', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'web:1' }] },
  });
  await ask('foreign', { podNames: ['alone', 'nobody'], ttlSecondsAfterFinished: 30 });
  const done = await ended('foreign');
  expect(done.status?.pods?.map(({ podName, message }) => [podName, message])).toEqual([
    ['alone', 'it is no Pod of a Group'],
    ['nobody', 'there is no such Pod of a Group'],
  ]);
  await world.pass(32);
  await world.until(
    async () => (await world.client.list(POD_REBUILDS, at)).items.map(({ metadata }) => metadata.name),
    (names) => !names.includes('foreign'),
    'the clearing away',
  );
});
