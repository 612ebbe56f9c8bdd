import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicaSet } from '../../../control/fixture.ts';
import type { ReplicaSet } from '../../../kube/index.ts';
import { deployment } from './fixture.ts';
import { limitsOf } from './limits.ts';
import { DESIRED_REPLICAS, MAX_REPLICAS } from './revision.ts';
import { isScaling, recreateStep, rollingStep, scaleStep, sizeOfNew } from './scale.ts';

const sized = (name: string, replicas: number, available: number, desired = 10, max = 13): ReplicaSet =>
  replicaSet(
    name,
    replicas,
    { availableReplicas: available },
    {
      annotations: { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) },
    },
  );
const names = (steps: ReturnType<typeof rollingStep>) =>
  steps.map(({ set, replicas }) => `${set.metadata.name}=${replicas}`);

describe('limitsOf', () => {
  it.each([
    ['25%', '25%', 10, 3, 2],
    [1, 0, 3, 1, 0],
    [0, 0, 3, 0, 1],
    ['0%', '10%', 5, 0, 1],
    ['100%', '100%', 4, 4, 4],
    [0, 7, 4, 0, 4],
  ])('surge %s, unavailable %s of %i replicas', (maxSurge, maxUnavailable, replicas, surge, unavailable) => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
    expect(limitsOf(deployment({ replicas, strategy }))).toEqual({ replicas, surge, unavailable });
  });
});

describe('rollingStep', () => {
  it('grows the new one as far as the surge allows', () => {
    const [current, old] = [sized('new', 0, 0), sized('old', 10, 10)];
    expect(names(rollingStep(deployment(), { current, old: [old] }))).toEqual(['new=3']);
  });

  it('shrinks the old ones by what may be unavailable', () => {
    const [current, old] = [sized('new', 3, 0), sized('old', 10, 10)];
    expect(names(rollingStep(deployment(), { current, old: [old] }))).toEqual(['old=8']);
  });

  it('takes the unhealthy old Pods first', () => {
    const [current, sick, sound] = [sized('new', 3, 0), sized('sick', 5, 3), sized('sound', 5, 5)];
    expect(names(rollingStep(deployment(), { current, old: [sound, sick] }))).toEqual(['sick=3']);
  });

  it('waits when every Pod is needed', () => {
    const [current, old] = [sized('new', 5, 0), sized('old', 8, 8)];
    expect(rollingStep(deployment(), { current, old: [old] })).toEqual([]);
  });

  it('does not count on Pods of a ReplicaSet that has just been shrunk', () => {
    const [current, old] = [sized('new', 5, 5), sized('old', 6, 10)];
    expect(names(rollingStep(deployment(), { current, old: [old] }))).toEqual(['new=7']);
    const later = { current: sized('new', 7, 5), old: [old] };
    expect(names(rollingStep(deployment(), later))).toEqual(['old=3']);
  });

  const limit = fc.oneof(
    fc.nat(6),
    fc.nat(100).map((percent) => `${percent}%`),
  );
  it('never goes below what must be available nor above what may exist, and ends with new Pods only', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        limit,
        limit,
        fc.infiniteStream(fc.nat(5)),
        (replicas, maxSurge, maxUnavailable, luck) => {
          const d = deployment({
            replicas,
            strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
          });
          const { surge, unavailable } = limitsOf(d);
          const state = new Map([
            ['new', { size: 0, available: 0 }],
            ['old', { size: replicas, available: replicas }],
          ]);
          const view = (name: string) => sized(name, state.get(name)!.size, state.get(name)!.available);
          for (let round = 0; round < 400; round++) {
            const steps = rollingStep(d, { current: view('new'), old: [view('old')] });
            for (const { set, replicas: size } of steps) {
              const entry = state.get(set.metadata.name)!;
              const lost = Math.max(0, entry.size - size);
              entry.available = Math.min(
                entry.available,
                size,
                Math.max(entry.available - lost, 0) +
                  (entry.size - entry.available > lost ? lost : entry.size - entry.available),
              );
              entry.size = size;
            }
            const { size, available } = [...state.values()].reduce((a, b) => ({
              size: a.size + b.size,
              available: a.available + b.available,
            }));
            expect(size).toBeLessThanOrEqual(replicas + surge);
            expect(available).toBeGreaterThanOrEqual(replicas - unavailable);
            const fresh = state.get('new')!;
            fresh.available = Math.min(fresh.size, fresh.available + luck.next().value!);
            if (fresh.available === replicas && state.get('old')!.size === 0) return;
          }
          expect.fail(`no end: ${JSON.stringify([...state])}`);
        },
      ),
    );
  });
});

describe('sizeOfNew', () => {
  it('starts a Recreate rollout whole', () => {
    expect(sizeOfNew(deployment({ strategy: { type: 'Recreate' } }), { current: undefined, old: [] })).toBe(10);
  });
});

describe('recreateStep', () => {
  const recreating = deployment({ strategy: { type: 'Recreate' } });
  it('shrinks all old ones to nothing first', () => {
    expect(names(recreateStep(recreating, { current: undefined, old: [sized('old', 10, 10)] }, true))).toEqual([
      'old=0',
    ]);
  });
  it('waits for the last old Pod', () => {
    expect(recreateStep(recreating, { current: sized('new', 0, 0), old: [sized('old', 0, 0)] }, true)).toEqual([]);
  });
  it('then grows the new one', () => {
    expect(names(recreateStep(recreating, { current: sized('new', 0, 0), old: [sized('old', 0, 0)] }, false))).toEqual([
      'new=10',
    ]);
  });
});

describe('scaleStep', () => {
  it('sizes the only one that has Pods', () => {
    const step = scaleStep(deployment({ replicas: 4 }), { current: sized('new', 10, 10), old: [sized('old', 0, 0)] });
    expect(names(step)).toEqual(['new=4']);
  });

  it('with no Pods at all sizes the newest', () => {
    expect(names(scaleStep(deployment(), { current: sized('new', 0, 0), old: [sized('old', 0, 0)] }))).toEqual([
      'new=10',
    ]);
  });

  it('empties the old ones when the new one is complete', () => {
    const step = scaleStep(deployment(), { current: sized('new', 10, 10), old: [sized('old', 2, 2)] });
    expect(names(step)).toEqual(['old=0']);
  });

  it('spreads the change in proportion, the remainder to the largest', () => {
    const d = deployment({ replicas: 20 });
    const step = scaleStep(d, { current: sized('new', 5, 5), old: [sized('old', 8, 8)] });
    expect(names(step).sort()).toEqual(['new=10', 'old=15']);
  });

  it('ends at the wished total, whatever the mix', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), fc.nat(60), (a, b, replicas) => {
        const before = [sized('new', a, 0, a + b, a + b + 3), sized('old', b, b, a + b, a + b + 3)];
        const step = scaleStep(deployment({ replicas, strategy }), { current: before[0], old: [before[1]!] });
        const sizes = step.map((resize) => resize.replicas);
        expect(sizes.every((size) => size >= 0)).toBe(true);
        expect(sizes.reduce((x, y) => x + y, 0)).toBe(replicas === 0 ? 0 : replicas + 3);
      }),
    );
  });
});

describe('isScaling', () => {
  it('tells that the sizes were spread for another number of replicas', () => {
    expect(isScaling(deployment(), { current: sized('new', 4, 4), old: [] })).toBe(false);
    expect(isScaling(deployment({ replicas: 4 }), { current: sized('new', 4, 4), old: [] })).toBe(true);
    expect(isScaling(deployment({ replicas: 4 }), { current: sized('new', 0, 0), old: [] })).toBe(false);
  });
});
