import { describe, expect, it } from 'vitest';
import { meta, referenceTo } from '../../../control/fixture.ts';
import type { KubeObject } from '../../../kube/index.ts';
import { decide, FOREGROUND, ORPHAN, type OwnerState } from './decision.ts';

const object = (rest: Partial<KubeObject['metadata']> = {}): KubeObject => ({ metadata: meta('x', rest) });
const owners = (...states: OwnerState[]) =>
  states.map((state, i) => ({
    state,
    reference: referenceTo({ kind: 'Owner', metadata: meta(`o${i}`, { uid: `o${i}` }) }),
  }));
const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('decide', () => {
  it.each([
    ['keeps what has no owner', [], { kind: 'nothing' }],
    ['keeps what has all its owners', ['there', 'there'], { kind: 'nothing' }],
    ['keeps what it cannot be sure about', ['gone', 'unknown'], { kind: 'nothing' }],
    ['deletes what has lost its only owner', ['gone'], { kind: 'delete', propagationPolicy: 'Background' }],
    ['deletes what its owner waits for', ['waiting'], { kind: 'delete', propagationPolicy: 'Background' }],
    [
      'only takes off the lost owners while one is left',
      ['there', 'gone', 'waiting'],
      { kind: 'detach', uids: ['o1', 'o2'] },
    ],
  ] as const)('%s', (_, states, decision) => {
    expect(decide(object(), owners(...states), [])).toEqual(decision);
  });

  it('goes foreground where the owner waits and there are dependents of its own', () => {
    expect(decide(object(), owners('waiting'), [object()])).toEqual({
      kind: 'delete',
      propagationPolicy: 'Foreground',
    });
  });

  it('sets dependents free first where that was wished', () => {
    expect(decide(object({ ...leaving, finalizers: [ORPHAN] }), [], [])).toEqual({ kind: 'orphanDependents' });
  });

  it('waits for blocking dependents only', () => {
    const owner = object({ ...leaving, finalizers: [FOREGROUND] });
    const blocking = object({ ownerReferences: [referenceTo(owner)] });
    const loose = object({ ownerReferences: [{ ...referenceTo(owner), blockOwnerDeletion: false }] });
    expect(decide(owner, [], [blocking, loose])).toEqual({ kind: 'deleteDependents', done: false });
    expect(decide(owner, [], [loose])).toEqual({ kind: 'deleteDependents', done: true });
  });

  it('leaves alone what is going anyway', () => {
    expect(decide(object(leaving), owners('gone'), [])).toEqual({ kind: 'nothing' });
  });
});
