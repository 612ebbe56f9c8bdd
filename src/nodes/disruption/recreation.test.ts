import { describe, expect, it } from 'vitest';
import type { Pod } from '../../kube/index.ts';
import { podsToRecreate } from './recreation.ts';

const pod = (name: string, nodeName: string, o: { ready?: boolean; phase?: string; owner?: string } = {}): Pod => ({
  metadata: {
    name,
    namespace: 'shop',
    uid: name,
    resourceVersion: '1',
    creationTimestamp: '',
    ...(o.owner && { ownerReferences: [{ apiVersion: 'v1', kind: o.owner, name: 'o', uid: 'o', controller: true }] }),
  },
  spec: { nodeName, containers: [] },
  status: {
    phase: o.phase ?? 'Running',
    conditions: [{ type: 'Ready', status: o.ready === false ? 'False' : 'True' }],
  },
});
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);
const lost = new Set(['dead']);
const onDead = ['a', 'b', 'c', 'd'].map((name) => pod(name, 'dead', { ready: false }));

describe('Pods of a lost host', () => {
  it('V2 go as many at once as may be unavailable, less those that others are still waiting for', () => {
    expect(names(podsToRecreate(onDead, lost, 2))).toEqual(['a', 'b']);
    expect(names(podsToRecreate([...onDead, pod('x', 'alive', { ready: false })], lost, 2))).toEqual(['a']);
    expect(
      names(podsToRecreate([...onDead, pod('x', 'alive', { ready: false }), pod('y', '', { ready: false })], lost, 2)),
    ).toEqual([]);
    expect(names(podsToRecreate([...onDead, pod('x', 'alive')], lost, 9))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('go one at a time at least', () => expect(names(podsToRecreate(onDead, lost, 0))).toEqual(['a']));

  it('stay when they have ended, or belong to the host', () => {
    const pods = [
      pod('a', 'dead', { phase: 'Failed' }),
      pod('b', 'dead', { owner: 'DaemonSet' }),
      pod('c', 'dead', { owner: 'Node' }),
      pod('d', 'alive'),
    ];
    expect(podsToRecreate(pods, lost, 9)).toEqual([]);
  });
});
