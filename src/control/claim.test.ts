import { describe, expect, it } from 'vitest';
import { selectorOf } from '../kube/index.ts';
import { claim } from './claim.ts';
import { pod, replicaSet } from './fixture.ts';

const owner = replicaSet('web', 1);
const selector = selectorOf({ matchLabels: { app: 'web' } });

describe('claim', () => {
  it('keeps its own, adopts what is selected and free, releases what is no longer selected', () => {
    const own = pod({ owner });
    const free = pod();
    const strayed = pod({ owner, metadata: { labels: { app: 'debug' } } });
    expect(claim(owner, selector, [own, free, strayed])).toEqual({ keep: [own], adopt: [free], release: [strayed] });
  });

  it.each([
    ["another owner's", pod({ owner: replicaSet('other', 1) })],
    ['one that is not selected', pod({ metadata: { labels: { app: 'db' } } })],
    ['one that is leaving', pod({ leaving: true })],
  ])('leaves %s alone', (_, candidate) => {
    expect(claim(owner, selector, [candidate])).toEqual({ keep: [], adopt: [], release: [] });
  });

  it('changes nothing for an owner that is leaving', () => {
    const leaving = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const strayed = pod({ owner, metadata: { labels: {} } });
    expect(claim(leaving, selector, [pod(), strayed])).toEqual({ keep: [], adopt: [], release: [] });
  });
});
