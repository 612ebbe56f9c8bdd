import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxSurge, maxUnavailable } from './budget.ts';
import { aGroup, aVersion, Cluster, type Simulation } from './fixture.ts';
import { isOut } from './member.ts';

const [v1, v2, v3] = [aVersion('web:1'), aVersion('web:2'), aVersion('web:3', 'anew')];
const VERSIONS = [v1, v2, v3] as const;
const NOBODY = { steering: undefined, running: false };

function simulation(spec: object = {}, rolling: object = {}): Simulation {
  return { group: aGroup(spec, rolling), update: v1, current: v1, release: NOBODY, bad: new Set() };
}

/** Passes and hosts in turn until nothing moves. */
function settle(cluster: Cluster, world: Simulation): void {
  for (let turn = 0; turn < 400; turn++) {
    const writes = cluster.pass(world);
    const before = JSON.stringify([...cluster.pods]);
    cluster.hosts(world);
    cluster.now += 1000;
    if (writes === 0 && JSON.stringify([...cluster.pods]) === before) return;
  }
  throw new Error('it never came to rest');
}

const revisions = (cluster: Cluster, { group }: Simulation) =>
  cluster
    .members(group)
    .sort((a, b) => a.ordinal - b.ordinal)
    .map(({ hash }) => hash);
const names = (cluster: Cluster) => [...cluster.pods.keys()].sort();

function started(spec: object = {}, rolling: object = {}): { cluster: Cluster; world: Simulation } {
  const cluster = new Cluster(VERSIONS);
  const world = simulation(spec, rolling);
  settle(cluster, world);
  return { cluster, world };
}

describe('a Group', () => {
  it('N2 with reserved ordinals leaves them out', () => {
    const { cluster } = started({ replicas: 3, naming: { startOrdinal: 0, reserveOrdinals: [1] } });
    expect(names(cluster)).toEqual(['web-0', 'web-2', 'web-3']);
    const ranges = started({ replicas: 2, naming: { startOrdinal: 5, reserveOrdinals: ['5-7', 9] } });
    expect(names(ranges.cluster)).toEqual(['web-10', 'web-8']);
  });

  it('G3 whose partition is raised takes Pods back', () => {
    const { cluster, world } = started({ replicas: 6 }, { partition: 5 });
    world.update = v2;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(1);
    world.group.spec.updateStrategy.rollingUpdate.partition = 3;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(3);
    world.group.spec.updateStrategy.rollingUpdate.partition = 5;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(1);
  });

  it('G4 of three with a partition of 99% updates exactly one', () => {
    const { cluster, world } = started({ replicas: 3 }, { partition: '99%' });
    world.update = v2;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(1);
  });

  it('L9 whose new image is bad changes no more Pods than may be out of service', () => {
    const { cluster, world } = started({ replicas: 10 }, { maxUnavailable: 3 });
    world.update = v2;
    world.bad.add('web:2');
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(3);
  });

  it('L10 that is taken back mends its broken Pods first, without a hand', () => {
    const { cluster, world } = started({ replicas: 10 }, { maxUnavailable: 3 });
    world.update = v2;
    world.bad.add('web:2');
    settle(cluster, world);
    world.update = v1;
    cluster.pass(world);
    const broken = cluster.members(world.group).filter(({ ready }) => !ready);
    expect(broken.map(({ hash }) => hash)).toEqual([v1.hash, v1.hash, v1.hash]);
    settle(cluster, world);
    expect(cluster.members(world.group).every(({ available }) => available)).toBe(true);
  });

  it('G15 with OnDelete gives the new revision only to Pods that somebody deletes', () => {
    const { cluster, world } = started({ updateStrategy: { type: 'OnDelete' } });
    world.update = v2;
    settle(cluster, world);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v1.hash]));
    cluster.pods.delete('web-1');
    settle(cluster, world);
    expect(revisions(cluster, world)).toEqual([v1.hash, v2.hash, v1.hash]);
  });

  it('G9 whose template changes again leads the Pods of the middle revision on first', () => {
    const { cluster, world } = started({ replicas: 6 }, { partition: 4 });
    world.update = v2;
    settle(cluster, world);
    world.update = v3;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v3.hash)).toHaveLength(2);
    expect(revisions(cluster, world)).not.toContain(v2.hash);
  });

  it('steered by a Release updates as many as that says, its named Pods among them, and goes back when told', () => {
    const { cluster, world } = started({ replicas: 5 });
    world.update = v2;
    const steering = { mode: 'Run', stableRevision: v1.name, targetRevision: v2.name } as const;
    world.release = { running: true, steering: undefined };
    settle(cluster, world);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v1.hash]));
    world.release = { running: true, steering: { ...steering, updated: 1, pods: ['web-1', 'web-2'] } };
    settle(cluster, world);
    expect(revisions(cluster, world)).toEqual([v1.hash, v2.hash, v2.hash, v1.hash, v1.hash]);
    world.group.spec.replicas = 8;
    settle(cluster, world);
    expect(revisions(cluster, world).filter((hash) => hash === v2.hash)).toHaveLength(2);
    world.group.spec.updateStrategy.rollingUpdate.paused = true;
    world.release = { running: true, steering: { ...steering, mode: 'Rollback', updated: 1, pods: ['web-1'] } };
    settle(cluster, world);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v1.hash]));
    world.group.spec.updateStrategy.rollingUpdate.paused = false;
    world.release = { running: false, steering: { ...steering, mode: 'Hold', updated: 0 } };
    settle(cluster, world);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v1.hash]));
    world.update = v3;
    settle(cluster, world);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v3.hash]));
  });

  it('lets the Pods go that are named, or missed least', () => {
    const named = started({ replicas: 4 });
    named.world.group.spec.replicas = 3;
    named.world.group.spec.scaleStrategy.podsToDelete = ['web-1'];
    settle(named.cluster, named.world);
    expect(names(named.cluster)).toEqual(['web-0', 'web-2', 'web-3']);
    const cheap = started({ replicas: 4, scaleStrategy: { scaleDownPolicy: 'DeletionCost' } });
    const pod = cheap.cluster.pods.get('web-2')!;
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-5' };
    cheap.cluster.pods.set('web-2', { ...pod, metadata: { ...pod.metadata, annotations } });
    cheap.world.group.spec.replicas = 3;
    settle(cheap.cluster, cheap.world);
    expect(names(cheap.cluster)).toEqual(['web-0', 'web-1', 'web-3']);
  });

  it.each(['Agent', 'RestartAll'])(
    'L20 with the trigger %s, which this cluster lacks, says so and touches nothing',
    (trigger) => {
      const { cluster, world } = started(
        {},
        { rebuild: { trigger, gracePeriodSeconds: 0, drain: 'Grace', skipDrainContainers: [], containerOrder: [] } },
      );
      world.update = v2;
      settle(cluster, world);
      expect(cluster.plan?.trouble).toMatchObject({
        reason: 'TriggerUnsupported',
        message: expect.stringContaining(trigger),
      });
      expect(new Set(revisions(cluster, world))).toEqual(new Set([v1.hash]));
    },
  );

  it('with a surge has extra Pods only while others are interrupted', () => {
    const { cluster, world } = started({ replicas: 3 }, { maxUnavailable: 0, maxSurge: 1 });
    world.update = v2;
    let most = 0;
    for (let turn = 0; turn < 60; turn++) {
      cluster.pass(world);
      most = Math.max(most, cluster.pods.size);
      const out = cluster.members(world.group).filter((member) => member.ordinal < 3 && isOut(member)).length;
      const extra = cluster.members(world.group).filter((member) => member.ordinal >= 3 && member.available).length;
      expect(out).toBeLessThanOrEqual(extra);
      cluster.hosts(world);
    }
    expect(most).toBe(4);
    expect(names(cluster)).toEqual(['web-0', 'web-1', 'web-2']);
    expect(new Set(revisions(cluster, world))).toEqual(new Set([v2.hash]));
  });
});

describe('whatever happens', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('update' as const), version: fc.constantFrom(...VERSIONS) }),
    fc.record({ kind: fc.constant('replicas' as const), count: fc.integer({ min: 0, max: 8 }) }),
    fc.record({ kind: fc.constant('partition' as const), count: fc.constantFrom(0, 2, '50%') }),
    fc.record({ kind: fc.constant('pause' as const), paused: fc.boolean() }),
    fc.record({ kind: fc.constant('bad' as const), image: fc.constantFrom('web:2', 'web:3') }),
    fc.record({ kind: fc.constant('lost' as const), ordinal: fc.integer({ min: 0, max: 7 }) }),
    fc.record({ kind: fc.constant('hosts' as const), share: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('pass' as const), writes: fc.integer({ min: 1, max: 12 }) }),
  );
  type Happening = typeof event extends fc.Arbitrary<infer T> ? T : never;

  function happen(one: Happening, cluster: Cluster, world: Simulation): void {
    const { rollingUpdate } = world.group.spec.updateStrategy;
    if (one.kind === 'update') world.update = one.version;
    else if (one.kind === 'replicas') world.group.spec.replicas = one.count;
    else if (one.kind === 'partition') rollingUpdate.partition = one.count;
    else if (one.kind === 'pause') rollingUpdate.paused = one.paused;
    else if (one.kind === 'bad') world.bad.add(one.image);
    else if (one.kind === 'lost') cluster.pods.delete(`web-${one.ordinal}`);
    else if (one.kind === 'hosts') cluster.hosts(world, (pod) => pod.metadata.uid.length % one.share === 0);
    else cluster.pass(world, one.writes);
    cluster.now += 1000;
  }

  const rolling = fc.record({ maxUnavailable: fc.constantFrom(1, 2, '40%'), maxSurge: fc.constantFrom(0, 1) });

  it('I1 a pass takes no more Pods out of service than the budget allows, but those that were out already', () => {
    fc.assert(
      fc.property(rolling, fc.array(event, { maxLength: 40 }), (budget, events) => {
        const { cluster, world } = started({ replicas: 5 }, budget);
        for (const one of events) {
          const before = new Map(cluster.members(world.group).map((member) => [member.pod.metadata.name, member]));
          happen(one, cluster, world);
          if (one.kind !== 'pass') continue;
          const { spec } = world.group;
          const replicas = cluster.members(world.group).filter(({ ordinal }) => ordinal < spec.replicas);
          const taken = replicas.filter(
            (member) => isOut(member) && !isOut(before.get(member.pod.metadata.name) ?? member),
          );
          const out = spec.replicas - replicas.filter((member) => !isOut(member)).length;
          const limit = maxUnavailable(spec) + maxSurge(spec);
          if (taken.length > 0) expect(out).toBeLessThanOrEqual(limit);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('I2 no name is given twice, and I4 when all calms down no Pod is left drained', () => {
    fc.assert(
      fc.property(rolling, fc.array(event, { maxLength: 40 }), (budget, events) => {
        const { cluster, world } = started({ replicas: 5 }, budget);
        for (const one of events) happen(one, cluster, world);
        world.bad.clear();
        settle(cluster, world);
        const members = cluster.members(world.group);
        expect(members).toHaveLength(world.group.spec.replicas);
        expect(
          members.filter(({ state, gateOpen, available }) => state !== 'Normal' || !gateOpen || !available),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('I3 while nothing else changes the number of updated Pods only grows', () => {
    fc.assert(
      fc.property(rolling, fc.integer({ min: 1, max: 9 }), fc.constantFrom(v2, v3), (budget, replicas, version) => {
        const { cluster, world } = started({ replicas }, budget);
        world.update = version;
        let most = 0;
        for (let turn = 0; turn < 80; turn++) {
          cluster.pass(world, 3);
          cluster.hosts(world);
          const arrived = cluster
            .members(world.group)
            .filter((m) => m.ordinal < replicas && m.hash === version.hash && m.available);
          expect(arrived.length).toBeGreaterThanOrEqual(most);
          most = arrived.length;
        }
        expect(revisions(cluster, world)).toEqual(Array.from({ length: replicas }, () => version.hash));
      }),
      { numRuns: 60 },
    );
  });
});
