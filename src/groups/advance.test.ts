import { describe, expect, it } from 'vitest';
import { pod } from '../control/fixture.ts';
import { advance, type Goal, type Surroundings, withoutRoom } from './advance.ts';
import { aGroup, START } from './fixture.ts';
import { GATE, REVISION, STATE } from './marks.ts';
import { memberOf } from './member.ts';
import { resizeTrouble, sameAmount } from './resize.ts';
import type { Version } from './revision.ts';

const asking = (cpu: string): Version => ({
  name: `web-${cpu}`,
  hash: cpu,
  data: {
    spec: { template: { spec: { containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu } } }] } } },
  },
});
const around: Surroundings = { spec: aGroup().spec, now: START, unserved: () => true, canResize: true };
const goal: Goal = { version: asking('2'), from: asking('1'), begin: true, leave: false, anew: false };

function serving() {
  const one = pod({ name: 'web-0', ready: true, metadata: { labels: { [REVISION]: '1', [STATE]: 'Normal' } } });
  const conditions = [...(one.status?.conditions ?? []), { type: GATE, status: 'True' }];
  return memberOf(aGroup(), { ...one, status: { ...one.status, conditions } }, START, START);
}

describe('other amounts', () => {
  it('are asked of the host where it takes them', () => {
    expect(advance(serving(), goal, around)).toMatchObject({ kind: 'mark', state: 'Resizing' });
  });

  it('count below one processor, too', () => {
    const member = serving();
    const container = { name: 'main', image: 'web:1', resources: { requests: { cpu: '100m' } } };
    const small = { ...member, pod: { ...member.pod, spec: { ...member.pod.spec, containers: [container] } } };
    const smaller = { ...goal, version: asking('50m'), from: asking('100m') };
    expect(advance(small, smaller, around)).toMatchObject({ kind: 'mark', state: 'Resizing' });
    expect(sameAmount('100m', '0.1')).toBe(true);
  });

  it('R10 make the Pod anew where the server knows no resize, and say why', () => {
    const act = advance(serving(), goal, { ...around, canResize: false });
    expect(act).toEqual({ kind: 'delete', reason: 'ResizeUnsupported' });
  });

  it('R4 that the server refuses, as the host has not as much, are told, waited for, or had elsewhere', () => {
    const wanting = (whenInfeasible: 'Fail' | 'Wait' | 'Recreate', gracePeriodSeconds = 0): Surroundings => {
      const { updateStrategy } = around.spec;
      const { rollingUpdate } = updateStrategy;
      const [resize, rebuild] = [
        { ...rollingUpdate.resize, whenInfeasible },
        { ...rollingUpdate.rebuild, gracePeriodSeconds },
      ];
      const changed = { ...updateStrategy, rollingUpdate: { ...rollingUpdate, resize, rebuild } };
      return { ...around, spec: { ...around.spec, updateStrategy: changed } };
    };
    const refused = (where: Surroundings) => withoutRoom(serving(), goal, where, 'no room');
    expect(refused(wanting('Fail'))).toMatchObject({ kind: 'stuck', reason: 'ResizeInfeasible' });
    expect(refused(wanting('Wait'))).toEqual({ kind: 'wait' });
    expect(refused(wanting('Recreate'))).toMatchObject({ kind: 'delete', elsewhere: true });
    const gentle = wanting('Recreate', 5);
    const act = refused(gentle);
    expect(act).toMatchObject({ kind: 'mark', state: 'PreparingDelete', record: { elsewhere: true } });
    const record = act.kind === 'mark' ? (act.record ?? undefined) : undefined;
    const leaving = { ...serving(), state: 'PreparingDelete' as const, record };
    expect(advance(leaving, goal, gentle)).toMatchObject({ kind: 'gate', open: false, reason: 'Leaving' });
    const other = { ...goal, version: asking('1.5') };
    expect(advance(leaving, other, gentle), 'for another goal it stays').toMatchObject({ state: 'PreparingNormal' });
  });

  it('R6 that the host cannot bring into force are told in its words', () => {
    const message = 'attempting to set memory limit (10) below current usage (20)';
    const condition = { type: 'PodResizeInProgress', status: 'True', reason: 'Error', message };
    const one = pod();
    expect(resizeTrouble({ ...one, status: { ...one.status, conditions: [condition] } })).toBe(`Error: ${message}`);
    expect(resizeTrouble(one)).toBeUndefined();
  });
});

it('a Pod that is at its goal is left alone', () => {
  expect(advance(serving(), { ...goal, version: asking('1') }, around)).toEqual({ kind: 'wait' });
});
