/** Releases of Groups: steps, pauses, approval, and the way back. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { updateOrder } from '../../../src/groups/order.ts';
import { EVENTS, PODS } from '../../../src/kube/index.ts';
import { GROUPS } from '../../../src/resources/index.ts';
import { breakBadImages, ReleaseSubject } from './release-subject.ts';
import { type Loose, Subject, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await breakBadImages(world);
});
afterAll(() => world?.stop());

/** A Group at rest, a Release of it, and a template that is to be released. */
async function begin(name: string, steps: Loose[], more: { spec?: Loose; group?: Loose; image?: string } = {}) {
  const group = new Subject(world, name);
  await group.create({ replicas: 10, ...more.group });
  await group.settled();
  const release = new ReleaseSubject(world, group);
  await release.create(steps, more.spec);
  await release.until(({ message }) => message?.startsWith('Nothing to release') === true, 'armed');
  await group.image(more.image ?? 'web:2');
  return { group, release };
}

const manual = { pause: {} };
const THREE: Loose[] = [
  { replicas: 1, ...manual },
  { replicas: '30%', ...manual },
  { replicas: '100%', ...manual },
];

it('G1 with steps 1, 30%, 100% exactly one Pod is updated, and the run pauses', async () => {
  const { release } = await begin('g1', THREE);
  const paused = await release.waitsAt(1);
  expect(paused).toMatchObject({ phase: 'Paused', step: '1/3', updated: '1/10', expectedReplicas: 1 });
  expect(paused.message).toContain('waits for approval of step 1');
  await world.pass(120);
  expect(release.images()).toBe('1 web:2, 9 web:1');
});

it('G2 an approval lets the next step go only, and twice is once', async () => {
  const { group, release } = await begin('g2', THREE);
  await release.waitsAt(1);
  await release.request('approve', 1);
  await release.request('approve', 1);
  await release.waitsAt(2);
  await world.pass(60);
  expect(release.images()).toBe('3 web:2, 7 web:1');
  expect((await release.get()).status?.approvals).toEqual([{ step: 1, time: expect.any(String) }]);

  await release.request('approve');
  await release.waitsAt(3);
  expect(release.images()).toBe('10 web:2');
  await release.request('approve');
  const done = await release.phase('Succeeded');
  expect(done.steering).toBeUndefined();
  expect(release.history(done)).toEqual([
    'Started',
    'Approved',
    'Step',
    'Approved',
    'Step',
    'Approved',
    'Step',
    'Succeeded',
  ]);
  const { status } = await group.get();
  expect(status?.currentRevision).toBe(done.targetRevision);
});

it('G5 the Pods that are named are the canaries, and stay so after a scale-up', async () => {
  const { group, release } = await begin('g5', [{ pods: ['g5-2', 'g5-7'], ...manual }]);
  await release.waitsAt(1);
  const canaries = () =>
    group.pods().flatMap((pod) => (pod.spec.containers[0]!.image?.startsWith('web:2') ? [pod.metadata.name] : []));
  expect(canaries()).toEqual(['g5-2', 'g5-7']);
  await group.patch({ replicas: 14 });
  await world.until(
    () => group.pods().length,
    (count) => count === 14,
    'growth',
  );
  await world.pass(60);
  expect(canaries()).toEqual(['g5-2', 'g5-7']);
});

it('G6 a paused run goes back without being resumed', async () => {
  const { release } = await begin('g6', THREE);
  await release.waitsAt(1);
  await release.request('pause');
  await release.request('abort');
  const back = await release.phase('RolledBack');
  expect(release.images()).toBe('10 web:1');
  expect(back.steering).toMatchObject({ mode: 'Hold' });
});

it('G7 a template that is put back while the run waits at a step takes the run back, and the revision is the old one', async () => {
  const { group, release } = await begin('g7', THREE);
  const { stableRevision } = await release.waitsAt(1);
  await group.image('web:1');
  const back = await release.phase('RolledBack');
  expect(release.images()).toBe('10 web:1');
  expect(release.history(back)).toContain('Reverted');
  const { status } = await group.get();
  expect([status?.updateRevision, status?.currentRevision]).toEqual([stableRevision, stableRevision]);
});

it('G8 a stable revision that is broken itself does not block the fix', async () => {
  const group = new Subject(world, 'g8');
  await group.create({ replicas: 5 }, { spec: { containers: [{ name: 'main', image: 'bad:1' }] } });
  await world.until(
    () => group.pods().length,
    (count) => count === 5,
    'Pods',
  );
  const release = new ReleaseSubject(world, group);
  await release.create([{ replicas: 2 }]);
  await release.until(({ phase }) => phase === 'Pending', 'armed');
  await world.pass(5);
  await group.image('web:2');
  await release.phase('Succeeded');
  expect(release.images()).toBe('5 web:2');
});

it('G9 a third template begins the steps anew; Pods of the second go first, and the first stays the stable one', async () => {
  const { group, release } = await begin('g9', THREE);
  const { stableRevision } = await release.waitsAt(1);
  await release.request('approve');
  await release.waitsAt(2);
  expect(release.images()).toBe('3 web:2, 7 web:1');
  await group.image('web:3');
  await release.until(({ run }) => run === 2, 'another run');
  await release.waitsAt(1);
  expect(release.images()).toBe('1 web:3, 2 web:2, 7 web:1');
  await release.request('approve');
  const third = await release.waitsAt(2);
  expect(release.images()).toBe('3 web:3, 7 web:1');
  expect(third.stableRevision).toBe(stableRevision);
});

it('G10 after an aborted run new Pods are of the stable revision', async () => {
  const { group, release } = await begin('g10', THREE);
  await release.waitsAt(1);
  await release.request('abort');
  await release.phase('RolledBack');
  await world.client.patch(
    GROUPS,
    'g10',
    { kind: 'merge', body: { spec: { replicas: 16 } } },
    { namespace: 'default', subresource: 'scale' },
  );
  await world.until(
    () => group.pods().length,
    (count) => count === 16,
    'growth',
  );
  await world.pass(60);
  expect(release.images()).toBe('16 web:1');
});

it('G11 when the replicas change in the middle the updated Pods follow the percentage and never exceed it', async () => {
  const { group, release } = await begin('g11', [{ replicas: '30%', ...manual }]);
  await release.waitsAt(1);
  let most = 0;
  const updated = () => group.images().filter((image) => image?.startsWith('web:2')).length;
  await group.patch({ replicas: 20 });
  await world.until(
    () => {
      most = Math.max(most, updated());
      return [group.pods().length, updated()];
    },
    ([count, share]) => count === 20 && share === 6,
    '30 % of 20',
  );
  await world.pass(30);
  expect(Math.max(most, updated())).toBe(6);
  await group.patch({ replicas: 10 });
  await world.until(
    () => [group.pods().length, updated()],
    ([count, share]) => count === 10 && share === 3,
    '30 % of 10',
  );
});

it('G13 the deadline does not run while the run pauses, and is told once', async () => {
  const spec = { deadlineSeconds: 120, autoRollback: false };
  const { group, release } = await begin('g13', [{ replicas: 1, ...manual }, { replicas: 5 }], { spec });
  await release.waitsAt(1);
  await world.pass(300);
  const condition = async () =>
    (await release.get()).status?.conditions?.find(({ type }) => type === 'ProgressDeadlineExceeded');
  expect(await condition()).toMatchObject({ status: 'False' });
  await group.image('bad:1');
  await release.until(({ run }) => run === 2, 'another run');
  await world.until(condition, (one) => one?.status === 'True', 'lateness');
  await world.pass(60);
  const { items } = await world.client.list(EVENTS, {
    namespace: 'default',
    fieldSelector: 'involvedObject.name=g13-release,reason=ProgressDeadlineExceeded',
  });
  expect(items.map(({ count }) => count ?? 1)).toEqual([1]);
  expect(release.images()).toBe('1 bad:1, 9 web:1');
  await group.image('web:3');
  await release.until(({ run }) => run === 3, 'a fix');
  await release.waitsAt(1);
  expect(await condition()).toMatchObject({ status: 'False' });
});

it('G14 a run that is stuck while all Pods follow goes back when the deadline passes', async () => {
  const spec = { deadlineSeconds: 60 };
  const { release } = await begin('g14', [], { spec, image: 'bad:2' });
  await release.phase('Promoting');
  const back = await release.phase('RolledBack');
  expect(release.history(back)).toContain('ProgressDeadlineExceeded');
  expect(release.images()).toBe('10 web:1');
});

it('G16 Pods are updated in the order of the priorities and of what is to be spread', async () => {
  const strategy = {
    priorityStrategy: { orderPriority: [{ orderedKey: 'rank' }] },
    scatterStrategy: [{ key: 'side', value: 'left' }],
  };
  const group = new Subject(world, 'g16');
  await group.create({ replicas: 6, updateStrategy: { rollingUpdate: { ...strategy, maxUnavailable: 1 } } });
  await group.settled();
  for (const [i, { metadata }] of group.pods().entries()) {
    const labels = { rank: `r${[3, 1, 6, 2, 5, 4][i]}`, side: i < 3 ? 'left' : 'right' };
    const patch = { kind: 'merge' as const, body: { metadata: { labels } } };
    await world.client.patch(PODS, metadata.name, patch, { namespace: 'default' });
  }
  await world.until(
    () => group.pods(),
    (pods) => pods.every(({ metadata }) => metadata.labels?.side),
    'labels',
  );
  const members = group.pods().map((pod, ordinal) => ({ pod, ordinal, ready: true }));
  const wanted = updateOrder(members as never, strategy).map(({ pod }) => pod.metadata.name);
  expect(new Set(wanted).size).toBe(6);
  const order: string[] = [];
  const off = world.pods.onChange({
    update({ metadata, spec }) {
      const isNew = metadata.labels?.app === 'g16' && spec.containers[0]?.image?.startsWith('web:2');
      if (isNew && !order.includes(metadata.name)) order.push(metadata.name);
    },
  });
  const release = new ReleaseSubject(world, group);
  await release.create([]);
  await group.image('web:2');
  await release.phase('Succeeded');
  off();
  expect(order).toEqual(wanted);
});

it('G17 steps that are edited in the middle move the run on and take no Pod back', async () => {
  const { release } = await begin('g17', THREE);
  await release.waitsAt(1);
  await release.request('approve');
  await release.waitsAt(2);
  await release.patch({
    steps: [
      { replicas: 2, ...manual },
      { replicas: 2, ...manual },
      { replicas: 6, ...manual },
    ],
  });
  const after = await release.waitsAt(3);
  expect(after.step).toBe('3/3');
  expect(release.images()).toBe('4 web:1, 6 web:2');
  expect(release.history(after)).toContain('Replanned');
});

it('G18 nobody but the user writes to the spec of the Group', async () => {
  const { group, release } = await begin('g18', [{ replicas: 3 }]);
  const before = await group.get();
  await release.phase('Succeeded');
  const after = await group.get();
  expect(after.spec).toEqual(before.spec);
  expect(after.metadata.generation).toBe(before.metadata.generation);
  expect([after.metadata.labels, after.metadata.annotations]).toEqual([
    before.metadata.labels,
    before.metadata.annotations,
  ]);
});

it('G19 a jump is obeyed, forward and back, and a number that is no step is corrected', async () => {
  const { release } = await begin('g19', THREE);
  await release.waitsAt(1);
  await release.request('jump', 3);
  await release.waitsAt(3);
  await release.becomes('10 web:2');
  await release.request('jump', 1);
  await release.becomes('1 web:2, 9 web:1');
  await release.waitsAt(1);
  await release.request('jump', -7);
  const corrected = await release.waitsAt(1);
  expect(corrected.history?.at(-1)?.message).toBe('To step 1, as there is no step -7');
  await release.request('jump', 99);
  await release.phase('Succeeded');
});

it('a Release that a newer one takes over from is superseded, and no Pod is taken back', async () => {
  const { group, release } = await begin('sup', THREE);
  const { stableRevision } = await release.waitsAt(1);
  await release.request('approve');
  await release.waitsAt(2);
  await world.pass(2);
  const newer = new ReleaseSubject(world, group, 'sup-release-2');
  await newer.create([{ replicas: 1 }, { replicas: 5, ...manual }]);
  const taken = await newer.waitsAt(2);
  expect(taken.stableRevision).toBe(stableRevision);
  expect((await release.phase('Superseded')).steering).toBeUndefined();
  expect(release.images()).toBe('5 web:1, 5 web:2');
});

it('a Release of an earlier revision goes there and holds the Group to it until the template changes', async () => {
  const { group, release } = await begin('pin', []);
  const { stableRevision } = await release.phase('Succeeded');
  const undo = new ReleaseSubject(world, group, 'pin-undo');
  await world.pass(2);
  await undo.create([], { targetRevision: stableRevision });
  const done = await undo.phase('Succeeded');
  expect(undo.images()).toBe('10 web:1');
  expect(done.steering).toMatchObject({ mode: 'Hold', stableRevision });
  await world.pass(60);
  expect(undo.images()).toBe('10 web:1');
  await group.image('web:3');
  await undo.becomes('10 web:3');
});

it('met no faults', () => expect(world.faults).toEqual([]));
