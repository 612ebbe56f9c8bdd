import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Behavior, ScalingRules } from './autoscaler.ts';
import { type History, newHistory, withRecommendation, withStep } from './history.ts';
import { type LimitQuestion, limit } from './limits.ts';

const START = Date.UTC(2026, 0, 1);
const SECOND = 1000;

function ask(question: Partial<LimitQuestion> & { current: number; wanted: number }) {
  const { current } = question;
  return limit({ min: 1, max: 10, history: newHistory(current, START - 600 * SECOND), now: START, ...question });
}

const reasons = ({ verdicts }: ReturnType<typeof limit>) =>
  verdicts.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
const limitReason = (answer: ReturnType<typeof limit>) => reasons(answer)[1];

/** As an API server fills them in. */
const rules = (up: Partial<ScalingRules> = {}, down: Partial<ScalingRules> = {}): Behavior => ({
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
    ...up,
  },
  scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }], ...down },
});

describe('without a behavior', () => {
  const table: [string, number, number, number, string][] = [
    ['what is asked for', 3, 5, 5, 'ScalingLimited False DesiredWithinRange'],
    ['at most the maximum', 8, 30, 10, 'ScalingLimited True TooManyReplicas'],
    ['at least the minimum', 3, 0, 1, 'ScalingLimited True TooFewReplicas'],
    ['at most twice as many at once', 3, 9, 6, 'ScalingLimited True ScaleUpLimit'],
    ['but four at any time', 1, 9, 4, 'ScalingLimited True ScaleUpLimit'],
  ];
  it.each(table)('%s', (_, current, wanted, replicas, reason) => {
    const answer = ask({ current, wanted });
    expect(answer.replicas).toBe(replicas);
    expect(limitReason(answer)).toBe(reason);
  });

  it('shrinks only when five minutes have asked for nothing more', () => {
    let history: History = newHistory(8, START);
    const at = (seconds: number) => {
      const answer = ask({ current: 8, wanted: 2, history, now: START + seconds * SECOND });
      history = answer.history;
      return answer;
    };
    expect(at(15).replicas).toBe(8);
    expect(reasons(at(30))[0]).toBe('AbleToScale True ScaleDownStabilized');
    expect(at(300).replicas).toBe(8);
    const done = at(301);
    expect(done.replicas).toBe(2);
    expect(reasons(done)).toEqual(['AbleToScale True ReadyForNewScale', 'ScalingLimited False DesiredWithinRange']);
  });
});

describe('with a behavior', () => {
  it('grows by the largest of its policies, or by the smallest, or not at all', () => {
    const grown = (up: Partial<ScalingRules>) => ask({ current: 3, wanted: 9, behavior: rules(up) }).replicas;
    expect(grown({})).toBe(7);
    expect(grown({ selectPolicy: 'Min' })).toBe(6);
    expect(grown({ selectPolicy: 'Disabled' })).toBe(3);
    expect(grown({ policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }] })).toBe(4);
  });

  it('shrinks by the largest of its policies, or by the smallest, or not at all', () => {
    const policies = [
      { type: 'Pods', value: 1, periodSeconds: 60 },
      { type: 'Percent', value: 50, periodSeconds: 60 },
    ];
    const shrunk = (down: Partial<ScalingRules>) => {
      const behavior = rules({}, { stabilizationWindowSeconds: 0, policies, ...down });
      return ask({ current: 8, wanted: 1, behavior });
    };
    expect(shrunk({}).replicas).toBe(4);
    expect(limitReason(shrunk({}))).toBe('ScalingLimited True ScaleDownLimit');
    expect(shrunk({ selectPolicy: 'Min' }).replicas).toBe(7);
    expect(shrunk({ selectPolicy: 'Disabled' }).replicas).toBe(8);
  });

  it('counts what was done within the period', () => {
    const behavior = rules({ policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] });
    const history = withStep(newHistory(3, START - 600 * SECOND), 3, 5, START, behavior);
    const at = (seconds: number) => ask({ current: 5, wanted: 9, behavior, history, now: START + seconds * SECOND });
    expect(at(59).replicas).toBe(5);
    expect(limitReason(at(59))).toBe('ScalingLimited True ScaleUpLimit');
    expect(at(60).replicas).toBe(7);
  });

  it('grows only to the lowest recommendation of its window', () => {
    const behavior = rules({ stabilizationWindowSeconds: 60 });
    const history = withRecommendation(newHistory(3, START - 600 * SECOND), 4, START, behavior);
    const at = (seconds: number) => ask({ current: 3, wanted: 6, behavior, history, now: START + seconds * SECOND });
    expect(at(59).replicas).toBe(4);
    expect(reasons(at(59))[0]).toBe('AbleToScale True ScaleUpStabilized');
    expect(at(60).replicas).toBe(6);
  });

  it('waits five minutes to shrink unless it says otherwise', () => {
    const history = newHistory(8, START - 100 * SECOND);
    const shrunk = (seconds?: number) => {
      const window = seconds === undefined ? {} : { stabilizationWindowSeconds: seconds };
      return ask({ current: 8, wanted: 2, history, behavior: rules({}, window) });
    };
    expect(shrunk().replicas).toBe(8);
    expect(reasons(shrunk())[0]).toBe('AbleToScale True ScaleDownStabilized');
    expect(shrunk(100).replicas).toBe(2);
    expect(shrunk(101).replicas).toBe(8);
  });
});

const policy = fc.record({
  type: fc.constantFrom('Pods', 'Percent'),
  value: fc.integer({ min: 1, max: 200 }),
  periodSeconds: fc.integer({ min: 1, max: 1800 }),
});
const scaling = fc.record({
  selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'),
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 3600 }),
  policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
});
const behaviors = fc.option(fc.record({ scaleUp: scaling, scaleDown: scaling }), { nil: undefined });
const life = fc.record({
  bounds: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 80 })),
  first: fc.nat(80),
  behavior: behaviors,
  wishes: fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 900 })), { maxLength: 30 }),
});

/** Replicas after each look of an autoscaler's life. */
function live(wish: {
  bounds: [number, number];
  first: number;
  behavior: Behavior | undefined;
  wishes: [number, number][];
}): number[] {
  const [min, span] = wish.bounds;
  const max = min + span;
  let [current, now] = [Math.min(max, Math.max(min, wish.first)), START];
  let history = newHistory(current, now);
  return wish.wishes.map(([wanted, seconds]) => {
    now += seconds * SECOND;
    const { behavior } = wish;
    const answer = limit({ current, wanted, min, max, history, now, ...(behavior && { behavior }) });
    history = withStep(answer.history, current, answer.replicas, now, behavior);
    current = answer.replicas;
    return current;
  });
}

test('replicas never leave the bounds', () => {
  fc.assert(
    fc.property(life, (one) => {
      const [min, span] = one.bounds;
      for (const replicas of live(one)) {
        expect(replicas).toBeGreaterThanOrEqual(min);
        expect(replicas).toBeLessThanOrEqual(min + span);
      }
    }),
  );
});

test('a step goes towards what the metrics ask for or have asked for, never beyond', () => {
  fc.assert(
    fc.property(life, (one) => {
      const [min, span] = one.bounds;
      let before = Math.min(min + span, Math.max(min, one.first));
      const seen = [before];
      for (const [i, replicas] of live(one).entries()) {
        seen.push(one.wishes[i]![0]);
        if (replicas > before) expect(replicas).toBeLessThanOrEqual(Math.max(min, ...seen));
        if (replicas < before) expect(replicas).toBeGreaterThanOrEqual(Math.min(min + span, ...seen));
        before = replicas;
      }
    }),
  );
});

test('a wish that stays is met, or a policy forbids the way', () => {
  fc.assert(
    fc.property(life, fc.nat(100), (one, wanted) => {
      const steady = { ...one, wishes: Array.from({ length: 400 }, (): [number, number] => [wanted, 3601]) };
      const [min, span] = one.bounds;
      const goal = Math.min(min + span, Math.max(min, wanted));
      const first = Math.min(min + span, Math.max(min, one.first));
      const rule = goal > first ? one.behavior?.scaleUp : one.behavior?.scaleDown;
      const end = live(steady).at(-1);
      if (rule?.selectPolicy === 'Disabled') expect(end).toBe(first);
      else if (goal >= first) expect(end).toBe(goal);
      else expect(end).toBeLessThanOrEqual(first);
    }),
    { numRuns: 60 },
  );
});
