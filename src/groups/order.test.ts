import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pod } from '../control/fixture.ts';
import { aGroup, START } from './fixture.ts';
import { type Member, memberOf } from './member.ts';
import { updateOrder } from './order.ts';

const matching = (weight: number, matchLabels: Record<string, string>) => ({ weight, matchSelector: { matchLabels } });

function member(ordinal: number, labels: Record<string, string> = {}, rest: Parameters<typeof pod>[0] = {}): Member {
  const one = pod({ name: `web-${ordinal}`, node: 'n1', ready: true, ...rest, metadata: { labels } });
  return memberOf(aGroup(), one, START, START);
}
const ordinals = (members: readonly Member[]) => members.map(({ ordinal }) => ordinal);

describe('G16 the order of updates', () => {
  it('begins with those that serve nobody, then goes from the highest ordinal down', () => {
    const members = [
      member(0),
      member(1, {}, { ready: false }),
      member(2, {}, { phase: 'Pending', ready: false }),
      member(3),
      member(4, {}, { node: '', phase: 'Pending', ready: false, spec: {} }),
    ];
    expect(ordinals(updateOrder(members, {}))).toEqual([4, 2, 1, 3, 0]);
  });

  it('puts Pods of a middle revision before those of the old one', () => {
    const members = [member(0), member(1), member(2)];
    expect(ordinals(updateOrder(members, {}, ({ ordinal }) => ordinal === 0))).toEqual([0, 2, 1]);
  });

  it('follows sums of weights, then numbers in labels', () => {
    const members = [
      member(0, { tier: 'a' }),
      member(1, { tier: 'b', zone: 'x' }),
      member(2, { zone: 'x' }),
      member(3),
    ];
    const weightPriority = [matching(10, { tier: 'a' }), matching(7, { zone: 'x' }), matching(5, { tier: 'b' })];
    expect(ordinals(updateOrder(members, { priorityStrategy: { weightPriority } }))).toEqual([1, 0, 2, 3]);
    const ordered = [member(0, { batch: 'b-2' }), member(1, { batch: 'b-10' }), member(2), member(3, { batch: 'b-3' })];
    const orderPriority = [{ orderedKey: 'batch' }];
    expect(ordinals(updateOrder(ordered, { priorityStrategy: { orderPriority } }))).toEqual([1, 3, 0, 2]);
  });

  it('spreads labelled Pods over the whole', () => {
    const members = Array.from({ length: 6 }, (_, i) => member(i, i >= 3 ? { zone: 'a' } : {}));
    const order = updateOrder(members, { scatterStrategy: [{ key: 'zone', value: 'a' }] });
    const zones = order.map(({ pod: { metadata } }) => metadata.labels?.zone ?? '-');
    expect(zones.join('')).toMatch(/^(a-|-a){3}$/);
  });

  it('is a permutation whatever the strategies, and the same whatever the order asked in', () => {
    const labelled = fc.record({ tier: fc.constantFrom('a', 'b'), batch: fc.constantFrom('1', '2') });
    const strategy = {
      priorityStrategy: { weightPriority: [{ weight: 1, matchSelector: { matchLabels: { tier: 'a' } } }] },
      scatterStrategy: [{ key: 'batch', value: '1' }],
    };
    fc.assert(
      fc.property(fc.array(labelled, { maxLength: 12 }), fc.integer(), (all, seed) => {
        const members = all.map((labels, i) => member(i, labels));
        const shuffled = members.toSorted(
          (a, b) => ((a.ordinal * 7919 + seed) % 13) - ((b.ordinal * 7919 + seed) % 13),
        );
        const order = ordinals(updateOrder(members, strategy));
        expect(order.toSorted((a, b) => a - b)).toEqual(members.map(({ ordinal }) => ordinal));
        expect(ordinals(updateOrder(shuffled, strategy))).toEqual(order);
      }),
    );
  });
});
