import { describe, expect, it } from 'vitest';
import { replicaSet } from '../../../control/fixture.ts';
import { deployment } from './fixture.ts';
import { superfluous } from './history.ts';
import { annotationsOfNew, findNewReplicaSet, REVISION, REVISION_HISTORY } from './revision.ts';

const revised = (name: string, revision: number, replicas = 0) =>
  replicaSet(name, replicas, { replicas }, { annotations: { [REVISION]: String(revision) } });

describe('findNewReplicaSet', () => {
  it('is the oldest with the same template, its hash label aside', () => {
    const [other, later, first] = [
      replicaSet('a', 1, {}, { image: 'web:1' }),
      replicaSet('b', 1, {}, { image: 'web:2', creationTimestamp: '2026-01-02T00:00:00Z' }),
      replicaSet('c', 1, {}, { image: 'web:2' }),
    ];
    first.spec.template!.metadata!.labels = { 'pod-template-hash': 'x', app: 'web' };
    expect(findNewReplicaSet(deployment({ image: 'web:2' }), [other, later, first])).toBe(first);
    expect(findNewReplicaSet(deployment({ image: 'web:3' }), [other, later, first])).toBeUndefined();
  });
});

describe('annotationsOfNew', () => {
  const d = deployment();
  d.metadata.annotations = {
    'kubernetes.io/change-cause': 'why',
    'kubectl.kubernetes.io/last-applied-configuration': '{}',
  };

  it('starts with revision 1 and the annotations of the Deployment', () => {
    expect(annotationsOfNew(d, undefined, [])).toEqual({ 'kubernetes.io/change-cause': 'why', [REVISION]: '1' });
  });

  it('is one more than any other', () => {
    expect(annotationsOfNew(d, undefined, [revised('a', 4), revised('b', 2)])[REVISION]).toBe('5');
  });

  it('remembers the revisions it had before a rollback', () => {
    const again = annotationsOfNew(d, { [REVISION]: '1', [REVISION_HISTORY]: '0' }, [revised('b', 2)]);
    expect(again).toMatchObject({ [REVISION]: '3', [REVISION_HISTORY]: '0,1' });
  });

  it('changes nothing for the newest', () => {
    const annotations = { [REVISION]: '3', 'kubernetes.io/change-cause': 'why' };
    expect(annotationsOfNew(d, annotations, [revised('b', 2)])).toEqual(annotations);
  });
});

describe('superfluous', () => {
  it('are the lowest revisions beyond the limit, but none with Pods', () => {
    const old = [revised('d', 4), revised('a', 1), revised('b', 2, 1), revised('c', 3)];
    const names = superfluous(deployment({ revisionHistoryLimit: 1 }), old).map((set) => set.metadata.name);
    expect(names).toEqual(['a', 'c']);
  });
});
