import { describe, expect, it } from 'vitest';
import { meta, pod } from '../../../control/fixture.ts';
import { type Node, OUT_OF_SERVICE } from '../../../kube/index.ts';
import { leftoverOf, surplusFinished } from './plan.ts';

const node = (taints: string[] = []): Node => ({
  metadata: meta('a'),
  spec: { taints: taints.map((key) => ({ key, effect: 'NoExecute' })) },
});

describe('leftoverOf', () => {
  it.each([
    ['runs', pod({ node: 'a' }), node(), undefined],
    ['waits for a host', pod(), undefined, undefined],
    ['is on a host that is no more', pod({ node: 'a' }), undefined, 'orphaned'],
    ['is to go and never had a host', pod({ leaving: true }), undefined, 'unbound'],
    ['is leaving a living host', pod({ node: 'a', leaving: true }), node(), undefined],
    ['is leaving a host out of service', pod({ node: 'a', leaving: true }), node([OUT_OF_SERVICE]), 'outOfService'],
  ])('a Pod that %s', (_, one, host, leftover) => {
    expect(leftoverOf(one, host)).toBe(leftover);
  });
});

describe('surplusFinished', () => {
  it('are the oldest beyond the limit', () => {
    const made = (name: string, day: number) =>
      pod({ name, phase: 'Succeeded', metadata: { creationTimestamp: `2026-01-0${day}T00:00:00Z` } });
    const pods = [made('b', 2), made('c', 3), made('a', 1), pod()];
    expect(surplusFinished(pods, 2).map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(surplusFinished(pods, 3)).toEqual([]);
  });
});
