import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../kube/index.ts';
import { isSettled, placementOf, reasonOf } from './placement.ts';

let serial = 0;
function pod(nodeName: string | undefined, phase: string, refusal?: string): Pod {
  const name = `p${serial++}`;
  const refused = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: refusal ?? '' };
  return {
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [], ...(nodeName && { nodeName }) },
    status: { phase, conditions: refusal === undefined ? [] : [refused] },
  };
}

describe('placement', () => {
  it('counts each Pod once by what became of it', () => {
    const pods = [
      pod('h', 'Running'),
      pod('h', 'Pending'),
      pod('h', 'Succeeded'),
      pod(undefined, 'Pending'),
      pod(undefined, 'Pending', '0/2 nodes are available: 2 Insufficient cpu.'),
    ];
    expect(placementOf(pods)).toMatchObject({ total: 5, running: 1, starting: 1, ended: 1, undecided: 1 });
    expect(placementOf(pods).waiting).toHaveLength(1);
  });

  it('groups those that wait by reason, the largest group first', () => {
    const pods = [
      pod(undefined, 'Pending', '0/9 nodes are available: 9 Insufficient memory.'),
      pod(undefined, 'Pending', '0/9 nodes are available: 2 Insufficient cpu, 7 Insufficient memory.'),
      pod(undefined, 'Pending', '0/8 nodes are available: 7 Insufficient memory, 1 Insufficient cpu.'),
    ];
    const groups = placementOf(pods).waiting.map(({ reason, pods: count }) => [reason, count]);
    expect(groups).toEqual([
      ['Insufficient cpu; Insufficient memory', 2],
      ['Insufficient memory', 1],
    ]);
  });

  it('is settled when every Pod runs, has ended or was refused', () => {
    expect(isSettled(placementOf([pod('h', 'Running'), pod(undefined, 'Pending', 'no')]))).toBe(true);
    expect(isSettled(placementOf([pod('h', 'Pending')]))).toBe(false);
    expect(isSettled(placementOf([pod(undefined, 'Pending')]))).toBe(false);
  });
});

describe('a refusal', () => {
  it('keeps its reasons and loses its numbers and what was said of preemption', () => {
    const message =
      "0/1523 nodes are available: 1213 Insufficient cpu, 310 node(s) didn't match Pod's node affinity/selector. preemption: 0/1523 nodes are available: 1523 No preemption victims found.";
    expect(reasonOf(message)).toBe("Insufficient cpu; node(s) didn't match Pod's node affinity/selector");
  });

  it('in another form is kept as it is', () => {
    expect(reasonOf('waiting for gates')).toBe('waiting for gates');
  });
});
