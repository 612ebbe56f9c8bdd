import { expect, test } from 'vitest';
import { VirtualClock } from './clock.ts';
import { conditionOf, isConditionTrue, setCondition } from './condition.ts';

test('the transition time moves only when the status does', async () => {
  const clock = new VirtualClock();
  const first = setCondition([], { type: 'Ready', status: 'False', reason: 'Starting' }, clock);
  await clock.advance(60_000);
  const second = setCondition(first, { type: 'Ready', status: 'False', reason: 'Pulling' }, clock);
  expect(second[0]).toMatchObject({ reason: 'Pulling', lastTransitionTime: '2026-01-01T00:00:00Z' });
  const third = setCondition(second, { type: 'Ready', status: 'True' }, clock);
  expect(third[0]).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:01:00Z' });
});

test('saying the same again gives the same array back', () => {
  const conditions = setCondition(undefined, { type: 'Ready', status: 'True' });
  expect(setCondition(conditions, { type: 'Ready', status: 'True' })).toBe(conditions);
});

test('others keep their place', () => {
  const before = [
    { type: 'A', status: 'True' },
    { type: 'B', status: 'True' },
  ];
  expect(setCondition(before, { type: 'A', status: 'False' }).map((c) => c.type)).toEqual(['A', 'B']);
  expect(before[0]!.status).toBe('True');
});

test('conditions are found by type', () => {
  const object = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  expect(isConditionTrue(object, 'Ready')).toBe(true);
  expect(isConditionTrue({}, 'Ready')).toBe(false);
  expect(conditionOf(object, 'Other')).toBeUndefined();
});
