import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Node } from '../../kube/index.ts';
import { RACK, ZONE } from '../../nodes/index.ts';
import { budgetRefusals } from './budget.ts';

const node = (name: string, { rack = 'r1', zone = 'z1', ready = true, control = false } = {}) =>
  ({
    metadata: {
      name,
      labels: { [RACK]: rack, [ZONE]: zone, ...(control && { 'node-role.kubernetes.io/control-plane': '' }) },
    },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
  }) as unknown as Node;

const zoneOf = (count: number, ill = 0) =>
  Array.from({ length: count }, (_, i) => node(`n${i}`, { rack: `r${i}`, ready: i >= ill }));

test('E9 a zone that is 89 % healthy takes no more, and the refusal has the numbers', () => {
  const host = node('x', { rack: 'own' });
  expect(budgetRefusals(host, [host, ...zoneOf(100, 11)], new Set())).toEqual([
    'zone z1 is 89 % healthy (89 of 100 other hosts); 90 % are needed',
  ]);
  expect(budgetRefusals(host, [host, ...zoneOf(100, 10)], new Set())).toEqual([]);
});

test('E10 a second host of the rack is refused, and the first one is named', () => {
  const [a, b] = [node('a'), node('b')];
  const all = [a, b, ...zoneOf(200)];
  expect(budgetRefusals(b, all, new Set(['a']))).toEqual(['rack r1 has 1 of at most 1 hosts in maintenance: a']);
  expect(budgetRefusals(a, all, new Set(['a']))).toEqual([]);
});

test('E11 a member of the control plane is refused when the others would be no quorum', () => {
  const members = [
    node('a', { control: true }),
    node('b', { control: true, ready: false }),
    node('c', { control: true }),
  ];
  const racks = members.map((m, i) => ({
    ...m,
    metadata: { ...m.metadata, labels: { ...m.metadata.labels, [RACK]: `r${i}` } },
  }));
  const all = [...racks, ...zoneOf(50)] as Node[];
  expect(budgetRefusals(all[0]!, all, new Set())).toEqual([
    'the control plane has 3 members and needs 2; without this one 1 would be left',
  ]);
  expect(budgetRefusals(all[1]!, all, new Set())).toEqual([]);
  expect(budgetRefusals(all[2]!, all, new Set(['a'])).join()).toContain('a of the control plane');
});

describe('budgets, host after host as they allow', () => {
  it('never have more of a rack or a zone in maintenance than they say', () => {
    const places = fc.array(fc.record({ rack: fc.integer({ min: 0, max: 9 }), zone: fc.integer({ min: 0, max: 2 }) }), {
      maxLength: 120,
    });
    fc.assert(
      fc.property(places, (list) => {
        const nodes = list.map(({ rack, zone }, i) => node(`n${i}`, { rack: `z${zone}-r${rack}`, zone: `z${zone}` }));
        const held = new Set<string>();
        for (const one of nodes) if (budgetRefusals(one, nodes, held).length === 0) held.add(one.metadata.name);
        for (const label of [RACK, ZONE]) {
          const groups = Map.groupBy(nodes, (one) => one.metadata.labels![label]!);
          for (const members of groups.values()) {
            const most = label === RACK ? 1 : Math.max(1, Math.floor(members.length * 0.02));
            expect(members.filter((one) => held.has(one.metadata.name)).length).toBeLessThanOrEqual(most);
          }
        }
      }),
    );
  });
});
