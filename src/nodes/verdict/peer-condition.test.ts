import { describe, expect, it } from 'vitest';
import { reachedByPeers } from './peer-condition.ts';
import type { Evidence } from './verdict.ts';

const peers = (...words: Evidence['says'][]): Evidence[] =>
  words.map((says) => ({ witness: 'peer', says, detail: '', at: 0 }));
const lease: Evidence = { witness: 'lease', says: 'dead', detail: '', at: 0 };

describe('peers', () => {
  it.each<[Evidence[], boolean | undefined]>([
    [[lease], undefined],
    [[lease, ...peers('dead')], undefined],
    [[lease, ...peers('dead', 'unknown', 'unknown')], undefined],
    [[lease, ...peers('dead', 'dead', 'unknown')], false],
    [[lease, ...peers('dead', 'dead', 'dead')], false],
    [[lease, ...peers('dead', 'dead', 'alive')], true],
  ])('%j: reachable is %s', (evidence, reachable) => expect(reachedByPeers(evidence)).toBe(reachable));
});
