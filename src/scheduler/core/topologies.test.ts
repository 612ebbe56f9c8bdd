import { describe, expect, it } from 'vitest';
import { testCluster, testNode } from './test-cluster.ts';
import { NOWHERE } from './topologies.ts';

const zoned = (name: string, zone?: string) => testNode(name, { labels: zone ? { zone } : {} });
const cluster = () => testCluster([zoned('a', 'x'), zoned('b', 'x'), zoned('c', 'y'), zoned('d')]);

describe('a topology', () => {
  it('puts hosts of equal labels into one domain, and those without the label nowhere', () => {
    const its = cluster();
    const { domains } = its.topology('zone');
    const of = (name: string) => domains[its.node(name)!.slot];
    expect(of('a')).toBe(of('b'));
    expect(of('c')).not.toBe(of('a'));
    expect(of('d')).toBe(NOWHERE);
  });

  it('follows hosts that come and labels that change', () => {
    const its = cluster();
    const { domains } = its.topology('zone');
    its.setNode(zoned('e', 'y'));
    its.setNode(zoned('a', 'y'));
    its.setNode(zoned('c'));
    const of = (name: string) => its.topology('zone').domains[its.node(name)!.slot];
    expect([of('a'), of('c')]).toEqual([of('e'), NOWHERE]);
    expect(its.topology('zone').domains).toBe(domains);
  });

  it('does not grow for ever with values that no host has any more', () => {
    const its = cluster();
    for (let i = 0; i < 1000; i++) {
      its.setNode(zoned('a', `zone-${i}`));
      expect(its.topology('zone').size).toBeLessThan(25);
    }
  });
});
