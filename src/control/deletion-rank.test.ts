import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseForDeletion, compareForDeletion } from './deletion-rank.ts';
import { type PodFixture, pod, START } from './fixture.ts';

const HOUR = 3_600_000;
const now = START + 100 * HOUR;
const cost = (value: string) => ({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': value } });

describe('compareForDeletion', () => {
  const cases: [first: string, PodFixture, second: string, PodFixture][] = [
    ['without a host', {}, 'with one', { node: 'a', ready: true }],
    ['pending', { node: 'a', phase: 'Pending' }, 'running', { node: 'a' }],
    ['of unknown phase', { node: 'a', phase: 'Unknown' }, 'running', { node: 'a' }],
    ['not ready', { node: 'a' }, 'ready', { node: 'a', ready: true }],
    ['cheaper', { ready: true, metadata: cost('-1') }, 'dearer', { ready: true, metadata: cost('5') }],
    ['ready for an hour', { ready: true, readyAt: 99 * HOUR }, 'for days', { ready: true }],
    ['restarted more often', { restarts: 3 }, 'less often', { restarts: 1 }],
    [
      'young',
      { metadata: { creationTimestamp: '2026-01-05T03:00:00Z' } },
      'old',
      { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } },
    ],
    ['with a cost that cannot be read', { metadata: cost('+3') }, 'with one', { metadata: cost('1') }],
  ];
  it.each(cases)('takes a Pod %s before one %s', (_, first, __, second) => {
    const [a, b] = [pod(first), pod(second)].map((one) => ({ pod: one, crowd: 0 }));
    expect(compareForDeletion(a!, b!, now)).toBeLessThan(0);
    expect(compareForDeletion(b!, a!, now)).toBeGreaterThan(0);
  });

  it('is a total order', () => {
    const fixture = fc.record({
      node: fc.constantFrom(undefined, 'a', 'b'),
      phase: fc.constantFrom('Pending', 'Unknown', 'Running'),
      ready: fc.boolean(),
      readyAt: fc.nat(99 * HOUR),
      restarts: fc.nat(2),
      crowd: fc.nat(2),
    });
    fc.assert(
      fc.property(fixture, fixture, fixture, (x, y, z) => {
        const [a, b, c] = [x, y, z].map(({ crowd, node, ...rest }) => ({
          crowd,
          pod: pod({ ...rest, ...(node && { node }) }),
        }));
        const sign = (p: typeof a, q: typeof a) => Math.sign(compareForDeletion(p!, q!, now));
        expect(sign(a, b)).toBe(-sign(b, a));
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('chooseForDeletion', () => {
  it('takes from the host with the most related Pods', () => {
    const crowded = pod({ node: 'a', ready: true });
    const lonely = pod({ node: 'b', ready: true });
    const sibling = pod({ node: 'a', ready: true });
    expect(chooseForDeletion([lonely, crowded], [lonely, crowded, sibling], 1, now)).toEqual([crowded]);
  });
});
