/** Rebuilds in the Pod: the same Pod, other containers. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Subject, startWorld, statusOf, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

it('L1 an image change keeps UID, IP, host and name, and restarts the container once', async () => {
  const web = new Subject(world, 'l1');
  await web.create();
  await web.settled();
  const before = web.pods();
  await web.image('web:2');
  await web.settled();
  const after = web.pods();
  const identity = (pods: typeof before) =>
    pods.map(({ metadata, spec, status }) => [metadata.name, metadata.uid, status?.podIP, spec.nodeName]);
  expect(identity(after)).toEqual(identity(before));
  expect(after.map((pod) => statusOf(pod)?.restartCount)).toEqual([1, 1, 1]);
  expect(web.images()).toEqual(['web:2', 'web:2', 'web:2']);
  expect(world.faults).toEqual([]);
});
