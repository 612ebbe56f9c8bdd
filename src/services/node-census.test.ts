import { describe, expect, it } from 'vitest';
import { meta } from '../control/fixture.ts';
import type { Node } from '../kube/index.ts';
import { NodeCensus } from './node-census.ts';

function host(name: string, zone: string, ready: boolean): Node {
  return {
    metadata: meta(name, { labels: { 'topology.kubernetes.io/zone': zone } }),
    spec: {},
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
  };
}

function census(zones: Readonly<Record<string, readonly [ready: number, silent: number]>>) {
  const all = new NodeCensus();
  const hosts = Object.entries(zones).flatMap(([zone, [ready, silent]]) =>
    Array.from({ length: ready + silent }, (_, i) => host(`${zone}-${i}`, zone, i < ready)),
  );
  for (const one of hosts) all.add(one);
  return { all, of: (zone: string) => all.isDisrupted(hosts.find(({ metadata }) => metadata.name.startsWith(zone))) };
}

describe('a zone', () => {
  it('of which 55 % are silent is disrupted, and the others are not', () => {
    const { of } = census({ a: [9, 11], b: [100, 0] });
    expect([of('a'), of('b')]).toEqual([true, false]);
    expect(census({ a: [10, 10], b: [100, 0] }).of('a')).toBe(false);
  });

  it('of two hosts is never disrupted', () => expect(census({ a: [0, 2], b: [100, 0] }).of('a')).toBe(false));

  it('drags all along when three in ten of all hosts are silent', () => {
    expect(census({ a: [0, 30], b: [70, 0] }).of('b')).toBe(true);
    expect(census({ a: [0, 29], b: [71, 0] }).of('b')).toBe(false);
  });

  it('is well again when its hosts come back or go', () => {
    const { all, of } = census({ a: [0, 4], b: [20, 0] });
    expect(of('a')).toBe(true);
    for (const i of [0, 1]) all.update(host(`a-${i}`, 'a', true), host(`a-${i}`, 'a', false));
    expect(of('a')).toBe(false);
    all.delete(host('a-2', 'a', false));
    expect(of('a')).toBe(false);
  });
});
