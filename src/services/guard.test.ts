import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, DEFAULT_POLICY, type Guarded, type GuardPolicy, guard } from './guard.ts';
import type { Evidence, Verdict } from './verdict.ts';

const NOW = 10_000_000;
const SECOND = 1000;
const none: ReadonlyMap<string, number> = new Map();
let uids = 0;

const make = (verdict: Verdict, rest: Partial<Candidate> = {}): Candidate => ({
  uid: `u${++uids}`,
  verdict,
  published: true,
  disrupted: false,
  ...rest,
});
const serving = () => make({ kind: 'Serving' });
const broken = () => make({ kind: 'AppNotReady' });
const suspect = (silentS: number, evidence: Evidence = 'None', rest: Partial<Candidate> = {}) =>
  make({ kind: 'NodeSuspect', since: NOW - silentS * SECOND, evidence }, rest);
const many = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
const decide = (all: Candidate[], policy: Partial<GuardPolicy> = {}, before = none): Guarded =>
  guard(all, { ...DEFAULT_POLICY, ...policy }, before, NOW);
const reasons = ({ held }: Guarded) => [...held.values()];

describe('a Pod of a silent host', () => {
  it('stays for holdSeconds, and then goes', () => {
    const [young, old] = [suspect(299), suspect(300)];
    const { ready, held } = decide([...many(18, serving), young, old]);
    expect([ready.has(young.uid), ready.has(old.uid)]).toEqual([true, false]);
    expect([...held]).toEqual([[young.uid, 'NodesSuspect']]);
  });

  it.each<Evidence>(['Peers', 'NodeGone', 'Fenced'])('goes at once when there is evidence: %s', (evidence) => {
    const lost = suspect(1, evidence);
    expect(decide([...many(9, serving), lost]).ready.has(lost.uid)).toBe(false);
  });

  it('stays without limit while three in ten are silent', () => {
    const guarded = decide([...many(7, serving), ...many(3, () => suspect(9999))]);
    expect(guarded.ready.size).toBe(10);
    expect(reasons(guarded)).toEqual(['Disruption', 'Disruption', 'Disruption']);
  });

  it('stays without limit while its zone is dark', () => {
    const lonely = suspect(9999, 'None', { disrupted: true });
    expect(decide([...many(19, serving), lonely]).ready.has(lonely.uid)).toBe(true);
  });

  it('does not come back before it is ready, once it has gone', () => {
    const gone = suspect(9999, 'None', { published: false, disrupted: true });
    expect(decide([...many(9, serving), gone]).ready.has(gone.uid)).toBe(false);
  });

  it('is published when it is met for the first time', () => {
    const unknown = suspect(1, 'None', { published: undefined });
    expect(decide([...many(9, serving), unknown]).ready.has(unknown.uid)).toBe(true);
  });

  it('E6 is served for as long as it takes when the host is back but its kubelet forgot the Pod', () => {
    const stuck = make({ kind: 'NodeStuck', since: 0 }, { published: false });
    const guarded = decide([...many(9, serving), stuck]);
    expect(reasons(guarded)).toEqual(['NodeStuck']);
    expect(guarded.lookAgainMs).toBeUndefined();
  });
});

describe('losses because of hosts', () => {
  it('are let through at a tenth of the service a minute, longest silent first', () => {
    const lost = [...many(5, () => suspect(400, 'Peers')), suspect(500, 'Peers')];
    const all = [...many(14, serving), ...lost];
    const first = decide(all, { suspectThreshold: 1 });
    expect(first.removals.size).toBe(2);
    expect(first.removals.has(lost.at(-1)!.uid)).toBe(true);
    expect(reasons(first)).toEqual(many(4, () => 'RateLimited'));
    expect(first.lookAgainMs).toBe(60_000);
    const gone = all.map((one) => (first.removals.has(one.uid) ? { ...one, published: false } : one));
    const later = guard(gone, { ...DEFAULT_POLICY, suspectThreshold: 1 }, first.removals, NOW + 60_000);
    expect(later.removals.size).toBe(2);
    expect(later.ready.size).toBe(16);
  });

  it('cost nothing when the write is tried again', () => {
    const all = [...many(9, serving), suspect(400), suspect(400)];
    const policy = { ...DEFAULT_POLICY, suspectThreshold: 1 };
    const first = guard(all, policy, none, NOW);
    const again = guard(all, policy, first.removals, NOW + 5);
    expect([...again.removals.keys()]).toEqual([...first.removals.keys()]);
    expect(again.ready).toEqual(first.ready);
  });
});

describe('panic', () => {
  it('E4 freezes what was good when less than half would be left and hosts are to blame', () => {
    const all = [...many(4, serving), ...many(6, () => suspect(9999, 'NodeGone'))];
    const guarded = decide(all);
    expect(guarded.ready.size).toBe(10);
    expect(new Set(reasons(guarded))).toEqual(new Set(['Panic']));
    expect(decide(all, { panicMode: 'None' }).ready.size).toBe(9);
  });

  it('believes what was fenced even then', () => {
    const fenced = suspect(1, 'Fenced');
    expect(decide([fenced, ...many(3, () => suspect(1, 'Peers'))]).ready.has(fenced.uid)).toBe(false);
  });

  it('E3 a Pod whose own probe fails leaves at once, below every threshold', () => {
    expect(decide([serving(), ...many(9, broken)]).ready.size).toBe(1);
    expect(decide(many(10, broken)).ready.size).toBe(0);
    const mixed = [broken(), ...many(9, () => suspect(1))];
    expect(decide(mixed).ready.has(mixed[0]!.uid)).toBe(false);
  });

  it('publishes everybody below the threshold with panicMode All', () => {
    expect(decide(many(10, broken), { panicMode: 'All' }).ready.size).toBe(10);
    expect(decide([...many(9, serving), broken()], { panicMode: 'All' }).ready.size).toBe(9);
  });
});

describe('whatever happens', () => {
  const verdict: fc.Arbitrary<Verdict> = fc.oneof(
    fc.constant<Verdict>({ kind: 'Serving' }),
    fc.constant<Verdict>({ kind: 'AppNotReady' }),
    fc.constant<Verdict>({ kind: 'Terminating' }),
    fc.constant<Verdict>({ kind: 'NodeStuck', since: 0 }),
    fc.record({
      kind: fc.constant('NodeSuspect' as const),
      since: fc.integer({ min: NOW - 900_000, max: NOW }),
      evidence: fc.constantFrom<Evidence>('None', 'Peers', 'NodeGone', 'Fenced'),
    }),
  );
  const candidates = fc
    .array(fc.tuple(verdict, fc.option(fc.boolean(), { nil: undefined }), fc.boolean()), { maxLength: 40 })
    .map((list) => list.map(([v, published, disrupted], i) => ({ uid: `p${i}`, verdict: v, published, disrupted })));
  const policies = fc.record({
    panicThreshold: fc.constantFrom(0, 0.5, 1),
    suspectThreshold: fc.constantFrom(0, 0.3, 1),
    holdMs: fc.constantFrom(0, 300_000),
    panicMode: fc.constantFrom<GuardPolicy['panicMode']>('LastGood', 'None'),
  });
  const kinds = (all: readonly Candidate[], kind: Verdict['kind']) => all.filter((one) => one.verdict.kind === kind);

  it('who serves is ready; who fails or leaves by itself is not; who is ready without serving is held', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { ready, held } = guard(all, policy, none, NOW);
        for (const { uid } of kinds(all, 'Serving')) expect(ready.has(uid)).toBe(true);
        for (const { uid } of [...kinds(all, 'AppNotReady'), ...kinds(all, 'Terminating')])
          expect(ready.has(uid)).toBe(false);
        expect(ready.size).toBe(kinds(all, 'Serving').length + held.size);
      }),
    );
  });

  it('no more than a tenth, or one, of what was published is taken away at once, unless it was fenced', () => {
    fc.assert(
      fc.property(candidates, policies, (all, policy) => {
        const { ready } = guard(all, policy, none, NOW);
        const lost = kinds(all, 'NodeSuspect').filter(
          ({ uid, published, verdict: v }) =>
            published === true && !ready.has(uid) && v.kind === 'NodeSuspect' && v.evidence !== 'Fenced',
        );
        const live = all.length - kinds(all, 'Terminating').length;
        expect(lost.length).toBeLessThanOrEqual(Math.max(1, Math.ceil(live / 10)));
      }),
    );
  });
});
