import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meta, pod, START } from '../../../control/fixture.ts';
import type { core, Lease, Node } from '../../../kube/index.ts';
import { evictionDelay } from './eviction.ts';
import { GRACE_MS, isSilent, look, silentConditions, wasAway } from './health.ts';
import { evictionKey, executeTaints, NOT_READY, scheduleTaints, UNREACHABLE } from './taints.ts';
import { Allowance, DEFAULT_RATES, isBlackout, judgeZones, zoneState } from './zones.ts';

const node = (name: string, ready?: string, zone = 'a', taints: core.Taint[] = []): Node => ({
  metadata: meta(name, { labels: { 'topology.kubernetes.io/zone': zone } }),
  spec: { taints },
  ...(ready && {
    status: { conditions: [{ type: 'Ready', status: ready, lastHeartbeatTime: '2026-01-01T00:00:00Z' }] },
  }),
});
const lease = (renewTime: string): Lease => ({ metadata: meta('a'), spec: { renewTime } });

describe('health', () => {
  it('counts from when a change was seen here, whatever the host says of the time', () => {
    const one = node('a', 'True');
    const first = look(undefined, one, lease('1999-01-01T00:00:00Z'), START);
    expect(isSilent(first, one, START + GRACE_MS)).toBe(false);
    expect(isSilent(first, one, START + GRACE_MS + 1)).toBe(true);
    const renewed = look(first, one, lease('1998-01-01T00:00:00Z'), START + 40_000);
    expect(isSilent(renewed, one, START + GRACE_MS + 1)).toBe(false);
    expect(look(renewed, one, lease('1998-01-01T00:00:00Z'), START + 60_000)).toBe(renewed);
  });

  it('gives a host that has never reported a little longer, from its creation', () => {
    const born = node('a');
    const sighting = look(undefined, born, undefined, START);
    expect([59_000, 61_000].map((ms) => isSilent(sighting, born, START + ms))).toEqual([false, true]);
  });

  it('proves nothing when it was us who were held up', () => {
    expect([5000, 15_000, 15_001].map((gap) => wasAway(START, START + gap, 5000))).toEqual([false, false, true]);
  });

  it('marks what is not known any more, once', () => {
    const conditions = silentConditions(node('a', 'True'), START)!;
    expect(conditions.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Ready', 'Unknown', 'NodeStatusUnknown'],
      ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'],
      ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
    ]);
    expect(silentConditions({ ...node('a'), status: { conditions } }, START)).toBeUndefined();
  });
});

describe('taints', () => {
  const time = '2026-01-01T00:00:00Z';
  it('of effect NoSchedule follow conditions and cordons, and leave others alone', () => {
    const foreign = { key: 'dedicated', effect: 'NoSchedule' };
    const stale = { key: NOT_READY, effect: 'NoSchedule' };
    const silent = node('a', 'Unknown', 'a', [foreign, stale]);
    const cordoned = { ...silent, spec: { ...silent.spec, unschedulable: true } };
    expect(scheduleTaints(cordoned, START)).toEqual([
      foreign,
      { key: UNREACHABLE, effect: 'NoSchedule', timeAdded: time },
      { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: time },
    ]);
    expect(scheduleTaints(node('a', 'True', 'a', [foreign]), START)).toBeUndefined();
  });

  it('of effect NoExecute are one of two, or none', () => {
    const silent = node('a', 'Unknown', 'a', [{ key: NOT_READY, effect: 'NoExecute' }]);
    expect(executeTaints(silent, evictionKey(silent), START)).toEqual([
      { key: UNREACHABLE, effect: 'NoExecute', timeAdded: time },
    ]);
    const well = node('a', 'True', 'a', [{ key: NOT_READY, effect: 'NoExecute' }]);
    expect(executeTaints(well, evictionKey(well), START)).toEqual([]);
  });
});

describe('zones', () => {
  it.each([
    [10, 0, 'Normal'],
    [0, 3, 'FullDisruption'],
    [2, 3, 'PartialDisruption'],
    [1, 2, 'Normal'],
    [5, 5, 'Normal'],
  ])('%i ready and %i unready hosts make a zone %s', (ready, unready, state) => {
    expect(zoneState(ready, unready, DEFAULT_RATES)).toBe(state);
  });

  const zone = (name: string, ready: number, unready: number) => [
    ...Array.from({ length: ready }, (_, i) => node(`${name}-${i}`, 'True', name)),
    ...Array.from({ length: unready }, (_, i) => node(`${name}-x${i}`, 'Unknown', name)),
  ];

  it('slows down in a large zone that is largely unready, stops in a small one', () => {
    const rates = (nodes: Node[]) => [...judgeZones(nodes).values()].map(({ rate }) => rate);
    expect(rates([...zone('a', 20, 40), ...zone('b', 2, 8), ...zone('c', 9, 1)])).toEqual([0.01, 0, 0.1]);
  });

  it('gives up nobody when every zone is down', () => {
    const dark = judgeZones([...zone('a', 0, 5), ...zone('b', 0, 5)]);
    expect([isBlackout(dark), ...[...dark.values()].map(({ rate }) => rate)]).toEqual([true, 0, 0]);
    const oneDark = judgeZones([...zone('a', 0, 5), ...zone('b', 5, 0)]);
    expect([isBlackout(oneDark), ...[...oneDark.values()].map(({ rate }) => rate)]).toEqual([false, 0.1, 0.1]);
  });
});

describe('Allowance', () => {
  it('never lets more pass than one and what its rate gives', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 50 }), (pauses) => {
        const allowance = new Allowance(0);
        let now = 0;
        let passed = 0;
        for (const pause of pauses) {
          now += pause;
          if (allowance.take(0.1, now)) passed++;
        }
        expect(passed).toBeLessThanOrEqual(1 + now / 10_000);
      }),
    );
    expect(new Allowance(0).take(0, 1e9)).toBe(false);
  });
});

describe('evictionDelay', () => {
  const taint = { key: UNREACHABLE, effect: 'NoExecute' };
  const tolerating = (...seconds: (number | undefined)[]) =>
    pod({
      spec: {
        tolerations: seconds.map((s) => ({
          key: UNREACHABLE,
          operator: 'Exists',
          effect: 'NoExecute',
          ...(s !== undefined && { tolerationSeconds: s }),
        })),
      },
    });
  it.each([
    ['at once without a toleration', pod(), [taint], 0],
    ['after its time', tolerating(300), [taint], 300_000],
    ['after the shortest of its times', tolerating(300, 5), [taint], 5000],
    ['never', tolerating(undefined), [taint], undefined],
    ['at once when it tolerates only one of two', tolerating(300), [taint, { key: 'gpu', effect: 'NoExecute' }], 0],
    ['never without taints', pod(), [], undefined],
  ])('a Pod goes %s', (_, one, taints, delay) => {
    expect(evictionDelay(one, taints)).toBe(delay);
  });
});
