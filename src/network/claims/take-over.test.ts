import { describe, expect, it } from 'vitest';
import type { ClaimState } from './claim.ts';
import { type AddInput, conflicted, decideAdd, decideDel, decideGc, faultOf, type HostEvidence } from './take-over.ts';

const NOW = Date.UTC(2026, 0, 1);
const holder = { podUID: 'u1', containerID: 'c1', node: 'n1', epoch: 3 };
const ips = ['10.0.0.5'];
const bound: ClaimState = { phase: 'Bound', pool: 'p', ips, holder, lastNode: 'n1', boundAt: '2025-12-31T00:00:00Z' };
const attachment = { podUID: 'u2', containerID: 'c2', node: 'n2' };

const add = (state: ClaimState, input: Partial<AddInput> = {}) =>
  decideAdd({ state, attachment, leaving: false, outdated: false, evidence: {}, now: NOW, ...input });

describe('ADD', () => {
  it('binds addresses that nobody has used', () => {
    const decision = add({ phase: 'Allocated', pool: 'p', ips });
    expect(decision).toEqual({
      kind: 'bind',
      takenOver: false,
      state: {
        phase: 'Bound',
        pool: 'p',
        ips,
        holder: { ...attachment, epoch: 1 },
        lastNode: 'n2',
        boundAt: '2026-01-01T00:00:00Z',
      },
    });
  });

  it('binds held addresses anywhere, one epoch on', () => {
    expect(add({ ...bound, phase: 'Held' })).toMatchObject({
      kind: 'bind',
      state: { holder: { node: 'n2', epoch: 4 } },
    });
  });

  it('gives the same Pod its addresses for its next sandbox, one epoch on', () => {
    const again = { podUID: 'u1', containerID: 'c9', node: 'n1' };
    expect(add(bound, { attachment: again })).toMatchObject({
      kind: 'bind',
      takenOver: false,
      state: { holder: { ...again, epoch: 4 } },
    });
  });

  it('changes nothing for who has them already, not even while the claim is deleted', () => {
    expect(add(bound, { attachment: holder, leaving: true, outdated: true })).toEqual({ kind: 'keep' });
  });

  it.each<[string, HostEvidence]>([
    ['nothing is known of its host', {}],
    ['its host is only unreachable', { leaseExpired: true }],
    ['its host is silent, but routes to it still stand', { leaseExpired: true, routeWithdrawn: false, silent: true }],
    ['its host is silent, and nobody knows of routes', { leaseExpired: true, silent: true }],
    ['its host lives', { leaseExpired: false, routeWithdrawn: true, silent: true }],
    ['its address still answers', { leaseExpired: true, routeWithdrawn: true, silent: false }],
  ])('N5 takes nothing from another Pod while %s', (_, evidence) => {
    expect(add(bound, { evidence })).toMatchObject({ kind: 'refuse', reason: 'InUse' });
  });

  it.each<[string, HostEvidence]>([
    ['fenced', { fenced: true }],
    ['dead by all three signs', { leaseExpired: true, routeWithdrawn: true, silent: true }],
  ])('N6 takes over from a host that is %s', (_, evidence) => {
    expect(add(bound, { evidence })).toMatchObject({
      kind: 'bind',
      takenOver: true,
      state: { holder: { podUID: 'u2', epoch: 4 } },
    });
  });

  it('waits while there is no address, while other ones are on their way, and for good when the claim is deleted', () => {
    expect(add({})).toMatchObject({ kind: 'refuse', reason: 'NoAddress' });
    expect(add({ ...bound, phase: 'Held' }, { outdated: true })).toMatchObject({ kind: 'refuse', reason: 'NoAddress' });
    expect(add({ ...bound, phase: 'Held' }, { leaving: true })).toMatchObject({ kind: 'refuse', reason: 'Leaving' });
  });

  it('gives the same Pod its addresses though the claim is being deleted: they are given back after it', () => {
    const again = { podUID: 'u1', containerID: 'c9', node: 'n1' };
    expect(add(bound, { attachment: again, leaving: true })).toMatchObject({ kind: 'bind' });
  });

  it('N18 answers of strangers leave a holder alone and keep others out', () => {
    expect(conflicted(bound, ips)).toEqual({ ...bound, conflicts: ips });
    expect(conflicted({ ...bound, phase: 'Held' }, ips)).toMatchObject({ phase: 'Conflict', conflicts: ips });
    expect(add({ ...bound, phase: 'Conflict', conflicts: ips })).toMatchObject({
      kind: 'bind',
      state: { phase: 'Bound' },
    });
  });

  it('keeps outdated addresses for the Pod that has them', () => {
    const again = { podUID: 'u1', containerID: 'c9', node: 'n1' };
    expect(add(bound, { attachment: again, outdated: true })).toMatchObject({ kind: 'bind' });
  });
});

describe('DEL', () => {
  it('holds the addresses for whoever comes next', () => {
    expect(decideDel(bound, 'c1')).toEqual({ ...bound, phase: 'Held' });
  });

  it('N7 of an older sandbox changes nothing', () => {
    const after = add(bound, { attachment: { podUID: 'u1', containerID: 'c2', node: 'n1' } });
    expect(after.kind === 'bind' && decideDel(after.state, 'c1')).toBeUndefined();
  });

  it('N8 changes nothing the second time, nor for a container never known', () => {
    expect(decideDel(decideDel(bound, 'c1')!, 'c1')).toBeUndefined();
    expect(decideDel(bound, 'c7')).toBeUndefined();
    expect(decideDel({}, 'c7')).toBeUndefined();
  });
});

describe('GC', () => {
  it('holds what no living attachment of this node and network has', () => {
    const at = (alive: string[], node = 'n1', network?: string) => ({
      node,
      alive: new Set(alive),
      ...(network && { network }),
    });
    expect(decideGc(bound, at([]))).toEqual({ ...bound, phase: 'Held' });
    expect(decideGc(bound, at(['c1']))).toBeUndefined();
    expect(decideGc(bound, at([], 'n2'))).toBeUndefined();
    expect(decideGc(bound, at([], 'n1', 'storage'))).toBeUndefined();
  });
});

describe('CHECK', () => {
  it('N16 tells when the claim is lost', () => {
    expect(faultOf(bound, holder, ips)).toBeUndefined();
    expect(faultOf({ ...bound, phase: 'Held' }, holder, ips)).toContain("not this container's");
    expect(faultOf(bound, attachment, ips)).toContain('Bound by container c1 on n1');
    expect(faultOf(bound, holder, ['10.0.0.6'])).toContain('10.0.0.6 is no longer');
  });
});
