import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Witness } from '../vocabulary.ts';
import { blindness, type Silence } from './blindness.ts';
import { type Evidence, verdictFrom } from './verdict.ts';

const words = (said: Partial<Record<Witness, Evidence['says']>>): Evidence[] =>
  Object.entries(said).map(([witness, says]) => ({ witness: witness as Witness, says, detail: '', at: 0 }));

test.each([
  [{ lease: 'alive' }, 'Ready'],
  [{ lease: 'alive', kubelet: 'dead', agent: 'dead', peer: 'dead' }, 'Ready'],
  [{ lease: 'dead' }, 'Suspect'],
  [{ lease: 'dead', kubelet: 'alive', agent: 'alive' }, 'PathDown'],
  [{ lease: 'dead', kubelet: 'dead', agent: 'alive' }, 'AgentDown'],
  [{ lease: 'dead', kubelet: 'dead', peer: 'alive' }, 'AgentDown'],
  [{ lease: 'dead', kubelet: 'dead' }, 'Suspect'],
  [{ lease: 'dead', kubelet: 'dead', agent: 'unknown', peer: 'unknown' }, 'Suspect'],
  [{ lease: 'dead', kubelet: 'dead', agent: 'dead' }, 'NodeDown'],
  [{ lease: 'dead', agent: 'dead', peer: 'dead' }, 'NodeDown'],
] as const)('of %j the verdict is %s', (said, verdict) => {
  expect(verdictFrom(words(said))).toBe(verdict);
});

test('a host is never down while anybody finds it alive, nor by the word of one', () => {
  const word = fc.constantFrom('alive', 'dead', 'unknown') as fc.Arbitrary<Evidence['says']>;
  fc.assert(
    fc.property(word, word, word, word, (lease, kubelet, agent, peer) => {
      const verdict = verdictFrom(words({ lease, kubelet, agent, peer }));
      const others = [kubelet, agent, peer];
      if (verdict !== 'NodeDown') return;
      expect([lease, ...others]).not.toContain('alive');
      expect(others.filter((said) => said === 'dead').length).toBeGreaterThanOrEqual(2);
    }),
  );
});

describe('blindness', () => {
  const hosts = (count: number, silent: number, everyMs = 0): Silence[] =>
    Array.from({ length: count }, (_, i) => ({
      host: `h${i}`,
      rack: `r${Math.floor(i / 20)}`,
      zone: `z${i % 3}`,
      since: i < silent ? 1_000_000 + i * everyMs : undefined,
    }));

  it('is when more than 5 % of the cluster, or 20 % of a rack, fall silent within a grace period', () => {
    expect(blindness(hosts(90, 5))).toContain('5 of 90 hosts of the cluster');
    expect(blindness(hosts(1000, 4))).toBeUndefined();
    expect(blindness(hosts(1000, 5))).toContain('rack r0');
  });

  it('is not when they fall silent one after another, nor when they are few', () => {
    expect(blindness(hosts(90, 30, 60_000))).toBeUndefined();
    expect(blindness(hosts(3, 2))).toBeUndefined();
    expect(blindness(hosts(90, 0))).toBeUndefined();
  });
});
