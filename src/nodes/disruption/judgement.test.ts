import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfc3339 } from '../../kube/index.ts';
import type { HostEvidence } from './host-evidence.ts';
import { judge, type NodeFailure, type NodeRecord } from './judgement.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const policy: NodeFailure = {
  confirmations: ['Lease', 'PeerProbe'],
  minDownSeconds: 300,
  maxNodesPerMinute: 1,
  zoneThreshold: 0.55,
  clusterThreshold: 0.3,
  action: 'Recreate',
};

type Kind = 'alive' | 'lease' | 'dead' | 'fenced';
const signs: Record<Kind, HostEvidence['deadSince']> = {
  alive: {},
  lease: { Lease: NOW - 10 * MINUTE },
  dead: { Lease: NOW - 10 * MINUTE, PeerProbe: NOW - 10 * MINUTE },
  fenced: {},
};
const host = (node: string, kind: Kind, zone = 'z1'): HostEvidence => ({
  node,
  zone,
  fenced: kind === 'fenced',
  deadSince: signs[kind],
});
const fleet = (alive: number, ...others: HostEvidence[]) => [
  ...others,
  ...Array.from({ length: alive }, (_, i) => host(`a${i}`, 'alive', `z${(i % 3) + 1}`)),
];
const recreated = (node: string, agoMs: number): NodeRecord => ({
  node,
  verdict: 'Recreated',
  since: rfc3339(NOW - agoMs),
});

describe('a host', () => {
  it('V2 is lost when all signs have said so for long enough', () => {
    expect(judge(policy, fleet(99, host('d', 'dead')), [], NOW).lost).toEqual(['d']);
    expect(judge(policy, fleet(99, host('d', 'lease')), [], NOW).lost).toEqual([]);
    const lately = { ...host('d', 'dead'), deadSince: { Lease: NOW - 10 * MINUTE, PeerProbe: NOW - MINUTE } };
    const judged = judge(policy, fleet(99, lately), [], NOW);
    expect(judged).toMatchObject({ lost: [], records: [{ node: 'd', verdict: 'Suspect' }] });
    expect(judge(policy, fleet(99, lately), [], NOW + 4 * MINUTE).lost).toEqual(['d']);
  });

  it('is lost at once when it was fenced, whatever else is said', () => {
    expect(judge(policy, fleet(99, host('f', 'fenced')), [], NOW).lost).toEqual(['f']);
  });

  it('that lives again is nobody’s concern', () => {
    expect(judge(policy, fleet(100), [recreated('a0', MINUTE)], NOW)).toEqual({ records: [], lost: [] });
  });

  it('is never lost where no sign is asked for, unless it is fenced', () => {
    const trusting = { ...policy, confirmations: [] };
    expect(judge(trusting, fleet(99, host('d', 'dead'), host('f', 'fenced')), [], NOW).lost).toEqual(['f']);
  });
});

describe('several hosts', () => {
  const three = ['d1', 'd2', 'd3'].map((node) => host(node, 'dead'));

  it('V2 are given up no faster than the policy says, and those begun with are gone on with', () => {
    const hosts = fleet(97, ...three);
    const first = judge(policy, hosts, [], NOW);
    expect(first.lost).toEqual(['d1']);
    const second = judge(policy, hosts, first.records, NOW + 30_000);
    expect(second.lost).toEqual(['d1']);
    expect(judge(policy, hosts, second.records, NOW + MINUTE).lost).toEqual(['d1', 'd2']);
    expect(judge({ ...policy, maxNodesPerMinute: 2 }, hosts, [], NOW).lost).toEqual(['d1', 'd2']);
    expect(judge({ ...policy, maxNodesPerMinute: 0.5 }, hosts, first.records, NOW + MINUTE).lost).toEqual(['d1']);
    expect(judge({ ...policy, maxNodesPerMinute: 0.5 }, hosts, first.records, NOW + 2 * MINUTE).lost).toEqual([
      'd1',
      'd2',
    ]);
    expect(judge({ ...policy, maxNodesPerMinute: 0 }, hosts, [], NOW).lost).toEqual([]);
  });

  it('V3 of which too many are silent at once hold everything, but for what a person fenced', () => {
    const storm = Array.from({ length: 40 }, (_, i) => host(`d${i}`, i % 2 ? 'lease' : 'dead', `z${(i % 3) + 1}`));
    const judged = judge(policy, fleet(60, ...storm), [], NOW);
    expect(judged).toMatchObject({
      lost: [],
      hold: { reason: 'ClusterThreshold', message: expect.stringContaining('40 of 100') },
    });
    expect(judge(policy, fleet(59, ...storm, host('f', 'fenced')), [], NOW).lost).toEqual(['f']);
  });

  it('V3 hold only their zone when it is one zone that falls silent', () => {
    const zone = Array.from({ length: 5 }, (_, i) => host(`d${i}`, 'dead', 'z9'));
    const judged = judge(policy, fleet(60, ...zone, host('e', 'dead', 'z1')), [], NOW);
    expect(judged).toMatchObject({ lost: ['e'], hold: { reason: 'ZoneThreshold' } });
  });

  it('that are two of a small cluster are no pattern', () => {
    expect(judge(policy, fleet(2, host('d', 'dead')), [], NOW).lost).toEqual(['d']);
  });

  it('are left to a person where the policy says Hold', () => {
    const judged = judge({ ...policy, action: 'Hold' }, fleet(97, ...three), [], NOW);
    expect(judged).toMatchObject({ lost: [], hold: { reason: 'Policy' } });
  });

  it('keep to rate and thresholds whatever they are', () => {
    const kinds = fc.constantFrom<Kind>('alive', 'lease', 'dead', 'fenced');
    const some = fc.array(fc.tuple(kinds, fc.constantFrom('z1', 'z2', 'z3')), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 5 }), (wanted, maxNodesPerMinute) => {
        const hosts = wanted.map(([kind, zone], i) => host(`h${i}`, kind, zone));
        let records: NodeRecord[] = [];
        for (let at = NOW; at < NOW + 5 * MINUTE; at += 20_000) {
          const before = new Set(records.filter(({ verdict }) => verdict === 'Recreated').map(({ node }) => node));
          const judged = judge({ ...policy, maxNodesPerMinute }, hosts, records, at);
          expect(judged.lost.filter((node) => !before.has(node)).length).toBeLessThanOrEqual(maxNodesPerMinute);
          const held = judged.hold?.reason === 'ClusterThreshold';
          for (const node of judged.lost) {
            const { fenced, deadSince } = hosts.find((one) => one.node === node)!;
            expect(fenced || (!held && deadSince.PeerProbe !== undefined && deadSince.Lease !== undefined)).toBe(true);
          }
          const recent = judged.records.filter(
            ({ verdict, since }) => verdict === 'Recreated' && at - Date.parse(since) < MINUTE,
          );
          expect(recent.length).toBeLessThanOrEqual(maxNodesPerMinute);
          records = judged.records;
        }
      }),
    );
  });
});
