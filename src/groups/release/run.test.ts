import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courseOf } from '../course.ts';
import type { Version } from '../revision.ts';
import { advance, hasEnded, Run } from './run.ts';
import type { ReleaseSpec, ReleaseStatus, Seen, SeenGroup, SeenPod, Step } from './seen.ts';
import { steeringOf } from './steering.ts';
import { summarized } from './summary.ts';

const SECOND = 1000;

/** A Group that obeys as the real one does (course.ts), one Pod a look; and a Release over it. */
class World {
  now = Date.UTC(2026, 0, 1);
  generation = 1;
  replicas: number;
  template = 'v2';
  current = 'v1';
  broken = new Set<string>();
  request: string | undefined;
  status: ReleaseStatus | undefined;
  spec: ReleaseSpec;
  pods: { name: string; hash: string }[];

  constructor(replicas: number, steps: Step[], spec: Partial<ReleaseSpec> = {}) {
    this.replicas = replicas;
    this.spec = { groupRef: { name: 'web' }, steps, autoRollback: true, deadlineSeconds: 600, ...spec };
    this.pods = Array.from({ length: replicas }, (_, i) => ({ name: `web-${i}`, hash: 'v1' }));
  }

  get group(): SeenGroup {
    const pods = this.pods.map(({ name, hash }): SeenPod => {
      return { name, hash, available: !this.broken.has(hash), inFlight: false, state: 'Normal' };
    });
    return {
      replicas: this.replicas,
      settled: true,
      updateRevision: this.template,
      currentRevision: this.current,
      pods,
      hashOf: (name) => name,
    };
  }

  look(more: Partial<Seen> = {}): ReleaseStatus {
    const seen: Seen = {
      now: this.now,
      generation: this.generation,
      group: this.group,
      olderStable: undefined,
      takenOver: undefined,
      request: this.request,
      results: [],
      ...more,
    };
    const run = new Run(this.spec, advance(this.spec, this.status, seen), seen);
    const steering = steeringOf(run, this.group);
    const { steering: _, ...rest } = summarized(run);
    this.status = { ...rest, ...(steering && { steering }) };
    return this.status;
  }

  /** The Group moves one Pod to where the steering wants it. */
  obey(): boolean {
    const version = (name: string): Version => ({
      name,
      hash: name,
      data: { spec: { template: { spec: { containers: [] } } } },
    });
    const group = {
      spec: {
        replicas: this.replicas,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: '100%', paused: false } },
      },
    };
    const { steering } = this.status ?? {};
    const running = this.status !== undefined && !hasEnded(this.status);
    const course = courseOf(
      group as never,
      version(this.template),
      version(this.current),
      { steering, running },
      version,
    );
    const names = this.pods.map(({ name }) => name);
    const [target, stable] = [course.target.hash, course.stable.hash];
    const named = names.filter((name) => course.named.has(name));
    const rest = this.pods
      .filter(({ name }) => !course.named.has(name))
      .sort((a, b) => Number(b.hash === target) - Number(a.hash === target));
    const count = Math.max(course.updated, named.length);
    const chosen = new Set([...named, ...rest.map(({ name }) => name)].slice(0, count));
    const wish = (pod: { name: string; hash: string }) =>
      chosen.has(pod.name) ? target : course.back || pod.hash === target ? stable : pod.hash;
    const next = this.pods.find((pod) => wish(pod) !== pod.hash);
    if (next) next.hash = wish(next);
    if (this.pods.every(({ hash }) => hash === target && !this.broken.has(hash))) this.current = target;
    return next !== undefined;
  }

  /** Until nothing moves any more. */
  settle(): ReleaseStatus {
    for (let i = 0; i < 500; i++) {
      const before = JSON.stringify([this.status, this.pods]);
      this.look();
      this.obey();
      if (JSON.stringify([this.status, this.pods]) === before) return this.status!;
    }
    throw new Error(`it does not come to rest: ${JSON.stringify(this.status)}`);
  }

  ask(request: string): ReleaseStatus {
    this.request = request;
    this.look();
    this.request = undefined;
    return this.settle();
  }

  pass(seconds: number): ReleaseStatus {
    this.now += seconds * SECOND;
    return this.settle();
  }

  at(hash: string): number {
    return this.pods.filter((pod) => pod.hash === hash).length;
  }
}

const manual = { pause: {} };
const THREE: Step[] = [
  { replicas: 1, ...manual },
  { replicas: '30%', ...manual },
  { replicas: '100%', ...manual },
];
const check = {
  name: 'c',
  http: { url: 'http://x' },
  intervalSeconds: 10,
  timeoutSeconds: 5,
  successes: 2,
  failureLimit: 2,
};
const result = (ok: boolean) => [{ check: 'c', ok, message: ok ? 'well' : 'bad' }];

describe('a run', () => {
  it('waits armed until there is something to release', () => {
    const world = new World(3, THREE);
    world.template = 'v1';
    expect(world.settle()).toMatchObject({ phase: 'Pending', message: expect.stringContaining('Nothing to release') });
    world.template = 'v2';
    expect(world.settle()).toMatchObject({ phase: 'Paused', stableRevision: 'v1', targetRevision: 'v2' });
  });

  it('goes step by step as it is approved, and tells each', () => {
    const world = new World(10, THREE);
    const counts = [world.settle(), world.ask('approve:1#a'), world.ask('approve:2#b'), world.ask('approve:3#c')].map(
      ({ phase, step }) => `${phase} ${step}`,
    );
    expect(counts).toEqual(['Paused 1/3', 'Paused 2/3', 'Paused 3/3', 'Succeeded all']);
    expect(world.at('v2')).toBe(10);
  });

  it('takes the same request once, however often it looks at it', () => {
    const world = new World(10, THREE);
    world.settle();
    world.request = 'approve#once';
    for (let i = 0; i < 5; i++) world.settle();
    expect([world.at('v2'), world.status?.step]).toEqual([3, '2/3']);
  });

  it('tells of a request that makes no sense', () => {
    const world = new World(10, THREE);
    world.settle();
    expect(world.ask('approve:3#x').history?.at(-1)).toMatchObject({ event: 'Ignored' });
    expect(world.ask('dance').history?.at(-1)).toMatchObject({ event: 'Ignored' });
    expect(world.status?.step).toBe('1/3');
  });

  it('bakes, then checks as often as wished, then pauses for its time', () => {
    const world = new World(10, [{ replicas: 2, bakeSeconds: 60, checks: [check], pause: { durationSeconds: 30 } }]);
    expect(world.settle().stepState).toBe('Baking');
    expect(world.pass(59).stepState).toBe('Baking');
    expect(world.pass(1).stepState).toBe('Checking');
    world.look({ results: result(true) });
    expect(world.settle().stepState).toBe('Checking');
    world.look({ results: result(true) });
    expect(world.settle().stepState).toBe('Paused');
    expect(world.pass(29).phase).toBe('Paused');
    expect(world.pass(1).phase).toBe('Succeeded');
  });

  it('goes back when a check has failed as often as it may, or stops and asks', () => {
    const back = new World(10, [{ replicas: 2, checks: [check] }]);
    const stopped = new World(10, [{ replicas: 2, checks: [check] }], { autoRollback: false });
    for (const world of [back, stopped]) {
      world.settle();
      world.look({ results: result(false) });
      expect(world.settle().phase).toBe('Running');
      world.look({ results: result(false) });
      world.settle();
    }
    expect([back.status?.phase, back.at('v2')]).toEqual(['RolledBack', 0]);
    expect(stopped.status).toMatchObject({ phase: 'Paused', message: expect.stringContaining('check c failed') });
    expect(stopped.at('v2')).toBe(2);
    expect(stopped.ask('approve#go').phase).toBe('Succeeded');
  });

  it('begins no further Pod while it is paused by request', () => {
    const world = new World(10, [{ replicas: 8 }]);
    for (let i = 0; i < 3; i++) {
      world.look();
      world.obey();
    }
    const begun = world.at('v2');
    world.ask('pause#p');
    expect([begun > 0, world.at('v2')]).toEqual([true, begun]);
    expect(world.pass(9999).phase).toBe('Paused');
    expect(world.ask('resume#r').phase).toBe('Succeeded');
  });

  it('can be tried again after it went back, without a change of its spec', () => {
    const world = new World(10, THREE);
    world.settle();
    expect(world.ask('abort#a')).toMatchObject({ phase: 'RolledBack', steering: { mode: 'Hold' } });
    expect(world.ask('retry#b')).toMatchObject({ phase: 'Paused', run: 2, step: '1/3' });
  });

  it('fails when its Group goes, and is superseded when a newer one takes over', () => {
    const [gone, old] = [new World(3, THREE), new World(3, THREE)];
    gone.settle();
    old.settle();
    expect(gone.look({ group: undefined })).toMatchObject({ phase: 'Failed' });
    expect(old.look({ takenOver: 'newer' })).toMatchObject({ phase: 'Superseded' });
    expect(old.status?.steering).toBeUndefined();
  });

  it('is late once, and no more when something moves', () => {
    const world = new World(4, [{ replicas: 2 }], { autoRollback: false, deadlineSeconds: 60 });
    world.broken.add('v2');
    const late = (status: ReleaseStatus) =>
      status.conditions?.find(({ type }) => type === 'ProgressDeadlineExceeded')?.status;
    expect(late(world.settle())).toBe('False');
    expect(late(world.pass(60))).toBe('True');
    world.broken.clear();
    expect([late(world.settle()), world.status?.phase]).toEqual(['False', 'Succeeded']);
  });
});

describe('whatever is asked, released and broken', () => {
  const amount = fc.oneof(
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
  );
  const step: fc.Arbitrary<Step> = fc.record({
    replicas: amount,
    pause: fc.option(fc.constantFrom({}, { durationSeconds: 30 }), { nil: undefined }),
    bakeSeconds: fc.option(fc.constantFrom(0, 20), { nil: undefined }),
  }) as fc.Arbitrary<Step>;
  const deed = fc.oneof(
    fc.record({
      kind: fc.constant('ask' as const),
      verb: fc.constantFrom('approve', 'pause', 'resume', 'abort', 'retry', 'jump:1', 'jump:3', 'jump:77'),
    }),
    fc.record({ kind: fc.constant('template' as const), to: fc.constantFrom('v1', 'v2', 'v3') }),
    fc.record({ kind: fc.constant('scale' as const), to: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('break' as const), hash: fc.constantFrom('v2', 'v3') }),
    fc.record({ kind: fc.constant('time' as const), seconds: fc.constantFrom(10, 700) }),
    fc.record({ kind: fc.constant('steps' as const), steps: fc.array(step, { maxLength: 4 }) }),
    fc.constant({ kind: 'look' as const }),
  );
  let ids = 0;

  function act(world: World, one: typeof deed extends fc.Arbitrary<infer D> ? D : never): void {
    if (one.kind === 'ask') world.request = `${one.verb}#${++ids}`;
    if (one.kind === 'template') world.template = one.to;
    if (one.kind === 'scale') scale(world, one.to);
    if (one.kind === 'break') world.broken.add(one.hash);
    if (one.kind === 'time') world.now += one.seconds * SECOND;
    if (one.kind === 'steps')
      Object.assign(world, { spec: { ...world.spec, steps: one.steps }, generation: world.generation + 1 });
    world.look();
    world.request = undefined;
    world.obey();
  }

  function scale(world: World, to: number): void {
    world.replicas = to;
    const steering = world.status?.steering;
    const fresh = steering?.stableRevision ?? world.current;
    while (world.pods.length < to) world.pods.push({ name: `web-${world.pods.length}`, hash: fresh });
    world.pods.length = to;
  }

  it('the machine answers the same twice, comes to rest, and while it may update asks for no more than its step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(step, { maxLength: 4 }),
        fc.array(deed, { maxLength: 25 }),
        (replicas, steps, deeds) => {
          const world = new World(replicas, steps);
          for (const one of deeds) {
            act(world, one);
            const status = world.look();
            expect(world.look()).toEqual(status);
            const { steering, expectedReplicas = 0 } = status;
            if (steering?.mode === 'Run' && !status.paused)
              expect(expectedReplicas).toBeLessThanOrEqual(world.replicas);
            if (status.phase === 'RollingBack' && steering?.mode !== 'Rollback') {
              expect(steering).toMatchObject({ mode: 'Run', targetRevision: status.stableRevision });
            }
            if (status.phase === 'RolledBack' && steering) expect(steering.mode).toBe('Hold');
          }
          world.settle();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('an abort always ends with every Pod at the stable revision, and a run that is approved always ends well', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(step, { maxLength: 4 }),
        fc.array(deed, { maxLength: 15 }),
        (replicas, steps, deeds) => {
          const world = new World(replicas, steps, { autoRollback: false });
          for (const one of deeds) act(world, one);
          world.broken.clear();
          world.settle();
          world.ask(`abort#${++ids}`);
          const { phase, stableRevision } = world.status!;
          if (phase === 'RolledBack') expect(world.at(stableRevision!)).toBe(world.replicas);
          expect(['RolledBack', 'Pending', 'Succeeded']).toContain(phase);
          world.ask(`retry#${++ids}`);
          for (let i = 0; i < 12 && world.status?.phase !== 'Succeeded'; i++) {
            world.ask(`resume#${++ids}`);
            world.ask(`approve#${++ids}`);
            world.pass(60);
          }
          if (world.status?.phase !== 'Pending') expect(['Succeeded', 'RolledBack']).toContain(world.status?.phase);
          if (world.status?.phase === 'Succeeded') expect(world.at(world.status.targetRevision!)).toBe(world.replicas);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('I3 without a jump, an edit of amounts or a scale-down the updated Pods only grow towards the target', () => {
    const calm = fc.constantFrom('approve', 'pause', 'resume', 'look', 'time');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(step, { maxLength: 4 }),
        fc.array(calm, { maxLength: 40 }),
        (replicas, steps, deeds) => {
          const grown = steps.toSorted(
            (a, b) => Number.parseInt(String(a.replicas), 10) - Number.parseInt(String(b.replicas), 10),
          );
          const world = new World(
            replicas,
            grown.filter(({ replicas: wanted }) => typeof wanted === 'string'),
            { autoRollback: false },
          );
          let most = 0;
          for (const one of deeds) {
            act(
              world,
              one === 'look' || one === 'time'
                ? ({ kind: 'time', seconds: one === 'look' ? 0 : 40 } as never)
                : ({ kind: 'ask', verb: one } as never),
            );
            expect(world.at('v2')).toBeGreaterThanOrEqual(most);
            most = world.at('v2');
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
