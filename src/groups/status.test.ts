import { describe, expect, it } from 'vitest';
import { aGroup, aVersion, Cluster, type Simulation, START } from './fixture.ts';
import { groupStatus } from './status.ts';

const [v1, v2] = [aVersion('web:1'), aVersion('web:2')];

function at(spec: object, rolling: object = {}) {
  const cluster = new Cluster([v1, v2]);
  const world: Simulation = {
    group: aGroup(spec, rolling),
    update: v1,
    current: v1,
    release: { steering: undefined, running: false },
    bad: new Set(),
  };
  const run = (turns = 6) => {
    for (let turn = 0; turn < turns; turn++) {
      cluster.pass(world);
      cluster.hosts(world);
      cluster.now += 1000;
    }
    cluster.pass(world);
  };
  const look = () => {
    const course = cluster.course(world);
    const status = groupStatus(world.group, {
      course,
      update: world.update,
      current: world.current,
      members: cluster.members(world.group),
      plan: cluster.plan!,
      collisionCount: undefined,
      scaleFault: undefined,
      trouble: undefined,
      notes: new Map(),
      addresses: undefined,
      policy: undefined,
      now: cluster.now,
    });
    world.group = { ...world.group, status };
    return status;
  };
  return { cluster, world, run, look };
}
const progress = (status: ReturnType<typeof groupStatus>) =>
  status.conditions?.find(({ type }) => type === 'Progressing');

describe('the status of a Group', () => {
  it('counts its Pods, and calls the target current when all have it', () => {
    const { world, run, look } = at({ replicas: 3 });
    run();
    expect(look()).toMatchObject({ replicas: 3, availableReplicas: 3, updatedReplicas: 3, currentRevision: v1.name });
    world.update = v2;
    run(1);
    expect(look()).toMatchObject({ currentRevision: v1.name, updateRevision: v2.name, expectedUpdatedReplicas: 3 });
    run(20);
    expect(look()).toMatchObject({ updatedAvailableReplicas: 3, currentRevision: v2.name });
    expect(progress(look())).toMatchObject({ status: 'True', reason: 'GroupAvailable' });
  });

  it('G13 says once that the deadline has passed, and does not count a pause', () => {
    const { cluster, world, run, look } = at({ replicas: 2, progressDeadlineSeconds: 60 });
    run();
    look();
    world.update = v2;
    world.bad.add('web:2');
    world.group = { ...world.group, metadata: { ...world.group.metadata, generation: 2 } };
    run(2);
    expect(progress(look())).toMatchObject({ status: 'True', reason: 'GroupUpdating' });
    world.group.spec.updateStrategy.rollingUpdate.paused = true;
    cluster.now += 3_600_000;
    run(1);
    expect(progress(look())).toMatchObject({ status: 'True', reason: 'GroupPaused' });
    world.group.spec.updateStrategy.rollingUpdate.paused = false;
    run(1);
    expect(progress(look())).toMatchObject({ reason: 'GroupUpdating' });
    cluster.now += 61_000;
    run(1);
    const late = progress(look());
    expect(late).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    cluster.now += 61_000;
    run(1);
    expect(progress(look())?.lastTransitionTime).toBe(late?.lastTransitionTime);
  });

  it('remembers the host of a replica that has no Pod for the moment', () => {
    const { cluster, run, look } = at({ replicas: 2 });
    run();
    look();
    cluster.pods.delete('web-1');
    expect(look().instances?.[1]).toMatchObject({ ordinal: 1, podName: 'web-1', node: 'n1', state: 'Missing' });
  });

  it('S4 of ten thousand Pods stays far below what an object may weigh, and shows those that are not at rest', () => {
    const { cluster, world, run, look } = at({ replicas: 10_000 }, { maxUnavailable: 3 });
    run(3);
    look();
    world.update = v2;
    cluster.pass(world);
    const status = look();
    expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(200_000);
    expect(status.instances).toHaveLength(500);
    expect(status.instances?.filter(({ state }) => state !== 'Normal').map(({ ordinal }) => ordinal)).toEqual([
      9997, 9998, 9999,
    ]);
    expect(START).toBeLessThan(cluster.now);
  });
});
