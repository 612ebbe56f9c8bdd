import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { discovery, EndpointSlice } from '../kube/index.ts';
import { meta } from './fixture.ts';
import { MAX_ENDPOINTS, planSlices, type SliceContent } from './slice-plan.ts';

const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const endpoint = (id: number): discovery.Endpoint => ({
  addresses: [`10.0.${id >> 8}.${id & 255}`],
  conditions: { ready: true, serving: true, terminating: false },
  targetRef: { kind: 'Pod', name: `p${id}`, uid: `u${id}` },
});
let names = 0;
const slice = (content: SliceContent): EndpointSlice => ({
  metadata: meta(`slice-${++names}`),
  ...content,
  ports: [...content.ports],
  endpoints: [...content.endpoints],
});

function apply(existing: readonly EndpointSlice[], plan: ReturnType<typeof planSlices>): EndpointSlice[] {
  const kept = existing.filter((one) => !plan.remove.includes(one));
  const updated = kept.map((one) => {
    const update = plan.update.find((u) => u.slice === one);
    return update ? { ...one, endpoints: [...update.endpoints] } : one;
  });
  return [...updated, ...plan.create.map(slice)];
}

describe('planSlices', () => {
  const group = (ids: readonly number[]) => ({ addressType: 'IPv4' as const, ports, endpoints: ids.map(endpoint) });

  it('keeps one empty slice for a Service without endpoints', () => {
    const first = planSlices([group([])], []);
    expect(first.create).toHaveLength(1);
    const again = apply([], first);
    expect(planSlices([group([])], again)).toEqual({ create: [], update: [], remove: [] });
  });

  it('touches one slice only when one endpoint changes', () => {
    const existing = apply([], planSlices([group([...Array(250).keys()])], []));
    expect(existing.map((one) => one.endpoints.length)).toEqual([100, 100, 50]);
    const changed = group([...Array(250).keys()]);
    changed.endpoints[3] = { ...changed.endpoints[3]!, conditions: { ready: false } };
    const plan = planSlices([changed], existing);
    expect([plan.create.length, plan.update.length, plan.remove.length]).toEqual([0, 1, 0]);
  });

  it('removes slices of ports that are no more', () => {
    const existing = apply([], planSlices([group([1])], []));
    const plan = planSlices([{ ...group([1]), ports: [{ ...ports[0]!, port: 81 }] }], existing);
    expect([plan.create.length, plan.remove.length]).toEqual([1, 1]);
  });

  it('always holds exactly the wished endpoints, no slice too full, and then rests', () => {
    const ids = fc.uniqueArray(fc.nat(600), { maxLength: 350 });
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 4 }), (history) => {
        let slices: EndpointSlice[] = [];
        for (const wished of history) {
          slices = apply(slices, planSlices([group(wished)], slices));
          const held = slices.flatMap((one) => one.endpoints.map((e) => e.targetRef!.uid!));
          expect(held.sort()).toEqual(wished.map((id) => `u${id}`).sort());
          expect(slices.every((one) => one.endpoints.length <= MAX_ENDPOINTS)).toBe(true);
          expect(slices.length).toBeGreaterThan(0);
          expect(planSlices([group(wished)], slices)).toEqual({ create: [], update: [], remove: [] });
        }
      }),
      { numRuns: 30 },
    );
  });
});
