import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { metricsOf, NOW, type PodRow, podsOf, times } from './fixture.ts';
import { type ReplicaQuestion, replicasFor } from './replicas.ts';
import { durationMs, samplesOf } from './samples.ts';

const tolerance = { up: 0.1, down: 0.1 };

function ask(rows: readonly PodRow[], more: Partial<ReplicaQuestion> = {}) {
  return replicasFor({
    pods: podsOf(rows),
    samples: samplesOf(metricsOf(rows), 'cpu', more.container),
    resource: 'cpu',
    currentReplicas: rows.length,
    target: { utilization: 50 },
    tolerance,
    now: NOW,
    ...more,
  });
}

const hot = { use: 100 };
const cold = { use: 10 };
const [unready, neverReady, starting, pending, missing, leaving, failed] = [
  { use: 100, state: 'unready' },
  { use: 100, state: 'never-ready' },
  { use: 100, state: 'starting' },
  { use: 100, state: 'pending' },
  {},
  { use: 100, state: 'leaving' },
  { use: 100, state: 'failed' },
] as const;

describe('replicas by utilization, each Pod requesting 100m, the target 50 %', () => {
  const table: [string, readonly PodRow[], number][] = [
    ['twice the target: twice the Pods', times(3, hot), 6],
    ['a fifth of the target: a fifth, rounded up', times(4, cold), 1],
    ['on target: as many as there are', times(3, { use: 50 }), 3],
    ['within the tolerance above: as many', times(3, { use: 55 }), 3],
    ['within the tolerance below: as many', times(3, { use: 45 }), 3],
    ['just beyond it: more', times(10, { use: 56 }), 12],
    ['percentages are cut, not rounded: 55.9 % is within', times(10, { use: 559, request: '1' }), 10],
    ['a pending Pod slows growth: it counts as idle', [hot, hot, pending], 4],
    ['an unready Pod that was ready before counts like any other', [hot, hot, unready], 6],
    ['one that has never been ready counts as idle', [hot, hot, neverReady], 4],
    ['one that is ready for less than a measurement counts as idle', [hot, hot, starting], 4],
    ['unready Pods do not slow shrinking', [cold, cold, neverReady], 1],
    ['a Pod without metrics counts as idle while others are hot', [hot, hot, missing], 4],
    ['and as fully used while they are cold', [cold, cold, cold, missing], 3],
    ['enough idle ones turn growth into none', [{ use: 70 }, pending, pending], 3],
    ['Pods that leave or have failed do not count', [hot, hot, leaving, failed], 4],
  ];
  it.each(table)('%s', (_, rows, replicas) => {
    expect(ask(rows)).toMatchObject({ replicas });
  });

  it('says what was measured, whatever it decides', () => {
    expect(ask([hot, { use: 51 }])).toEqual({ replicas: 3, utilization: 75, average: 75 });
  });

  const faults: [string, readonly PodRow[], Partial<ReplicaQuestion>, string][] = [
    ['no Pods', [], {}, 'no pods returned by selector while calculating replica count'],
    ['only unready ones', [neverReady], {}, 'did not receive metrics for targeted pods (pods might be unready)'],
    [
      'a container without a request',
      [hot],
      { resource: 'memory', samples: samplesOf(metricsOf([hot]), 'memory', undefined) },
      'missing request for memory in container main of Pod p0',
    ],
    [
      'an unknown container',
      [hot],
      { container: 'side', samples: samplesOf(metricsOf([hot]), 'cpu', undefined) },
      'container side not found in Pod p0',
    ],
  ];
  it.each(faults)('fails for %s', (_, rows, more, fault) => {
    expect(ask(rows, more)).toEqual({ fault });
  });
});

describe('replicas by average value, the target 50m', () => {
  const table: [string, readonly PodRow[], number][] = [
    ['twice the target', times(3, hot), 6],
    ['requests do not matter', times(3, { use: 100, request: '1' }), 6],
    ['a Pod without metrics counts as on target while others are cold', [cold, cold, cold, missing], 2],
    ['and as idle while they are hot', [hot, hot, missing], 4],
  ];
  it.each(table)('%s', (_, rows, replicas) => {
    expect(ask(rows, { target: { value: 50 } })).toMatchObject({ replicas });
  });
});

const row: fc.Arbitrary<PodRow> = fc.record(
  {
    use: fc.integer({ min: 0, max: 400 }),
    state: fc.constantFrom('ready', 'unready', 'never-ready', 'starting', 'pending', 'failed', 'leaving'),
  },
  { requiredKeys: [] },
);
const rowsOf = fc.array(row, { minLength: 1, maxLength: 12 });

test('nothing changes within the tolerance while all Pods are ready', () => {
  fc.assert(
    fc.property(fc.integer({ min: 46, max: 54 }), fc.integer({ min: 1, max: 50 }), (use, count) => {
      expect(ask(times(count, { use }))).toMatchObject({ replicas: count });
    }),
  );
});

test('Pods of which little is known never make it grow more, nor shrink more', () => {
  const unknown = fc.array(fc.constantFrom<PodRow>(pending, neverReady, missing), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 8 }), unknown, (use, count, more) => {
      const known = ask(times(count, { use }));
      const all = ask([...times(count, { use }), ...more]);
      if ('fault' in known || 'fault' in all) throw new Error('no answer');
      const current = count + more.length;
      if (use >= 50) expect(all.replicas).toBeLessThanOrEqual(Math.max(current, known.replicas));
      if (use <= 50) expect(all.replicas).toBeGreaterThanOrEqual(Math.min(known.replicas, current));
    }),
  );
});

test('more use never asks for fewer replicas', () => {
  fc.assert(
    fc.property(rowsOf, fc.integer({ min: 1, max: 100 }), (rows, more) => {
      const hotter = rows.map((one) => (one.use === undefined ? one : { ...one, use: one.use + more }));
      const [before, after] = [ask(rows), ask(hotter)];
      if ('fault' in before || 'fault' in after) return;
      expect(after.utilization).toBeGreaterThanOrEqual(before.utilization!);
      if (rows.every(({ state = 'ready', use }) => state === 'ready' && use !== undefined))
        expect(after.replicas).toBeGreaterThanOrEqual(Math.min(before.replicas, rows.length));
    }),
  );
});

test('durations are read as Go prints them', () => {
  expect(['15s', '1m15.5s', '500ms', '2h', '?'].map(durationMs)).toEqual([15_000, 75_500, 500, 7_200_000, 0]);
});
