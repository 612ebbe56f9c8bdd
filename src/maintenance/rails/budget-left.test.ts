import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Node } from '../../kube/index.ts';
import { newPlace } from '../../records/fixture.ts';
import { openRecords } from '../../records/index.ts';
import { Ledger } from '../ledger.ts';
import { budgetRefusals, DEFAULT_BUDGETS } from './budget.ts';
import { budgetRules, setBudgetRules, zoneBudget } from './budget-left.ts';

const node = (i: number, ready: boolean) =>
  ({
    metadata: { name: `h${i}`, labels: { 'jdos.jd.com/zone': 'z' } },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }) as unknown as Node;

it('a zone has room for one more exactly when the budget refuses none of its well hosts', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.nat(20), fc.nat(8), (hosts, ill, busy) => {
      const held = Math.min(busy, hosts - 1);
      const nodes = Array.from({ length: hosts }, (_, i) => node(i, i >= Math.min(ill, hosts - 1)));
      const names = new Set(nodes.slice(0, held).map(({ metadata }) => metadata.name));
      const asked = nodes.at(-1)!;
      const refused = budgetRefusals(asked, nodes, names).length > 0;
      const ready = nodes.filter(({ status }) => status?.conditions?.[0]?.status === 'True').length;
      const { left } = zoneBudget({ zone: 'z', hosts, ready, held }, DEFAULT_BUDGETS);
      // The host itself is left out of the judgement of the zone's health, which is the harder for it.
      if (left === 0 && !refused) expect(ready / hosts).toBeLessThan(DEFAULT_BUDGETS.zoneHealthy + 1 / hosts);
      if (left > 0 && refused) expect((ready - 1) / (hosts - 1)).toBeLessThan(DEFAULT_BUDGETS.zoneHealthy);
    }),
  );
});

it('the rules are the usual ones until somebody sets others', async () => {
  const records = await openRecords(newPlace());
  const ledger = new Ledger(records);
  expect(await budgetRules(ledger)).toEqual(DEFAULT_BUDGETS);
  await setBudgetRules(ledger, { ...DEFAULT_BUDGETS, perRack: 2 }, 'li.wei');
  expect(await budgetRules(ledger)).toEqual({ ...DEFAULT_BUDGETS, perRack: 2 });
  await records.close();
});
