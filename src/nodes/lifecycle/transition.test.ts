import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { labelValueErrors } from '../../kube/index.ts';
import { CPU_MODEL, cpuSlug, DISK_TYPE, RACK, ZONE } from './host-labels.ts';
import { HOST_STATUSES, type HostStatus, isHostStatus, nextStatuses } from './host-status.ts';
import { type HostFacts, isFit, missingFor, requireTransition } from './transition.ts';

const COMPLETE = { [ZONE]: 'gz-1', [RACK]: 'r01-01', [CPU_MODEL]: 'x', [DISK_TYPE]: 'ssd' };
const facts = (change: Partial<HostFacts> = {}): HostFacts => ({
  host: 'h1',
  labels: COMPLETE,
  findings: [],
  sinceMs: 3_600_000,
  pods: 0,
  ...change,
});
const refusal = (from: HostStatus, to: HostStatus, change: Partial<HostFacts> = {}) => {
  try {
    requireTransition(facts(change), from, to);
  } catch (error) {
    return (error as Error).message;
  }
};

test('D1 a registered host without a rack does not become initializing, and the missing label is named', () => {
  const { [RACK]: _, ...labels } = COMPLETE;
  expect(refusal('registered', 'initializing', { labels })).toContain(RACK);
  expect(refusal('registered', 'initializing')).toBeUndefined();
});

test('D2 a ready host cannot be retired at once, and what it may become is listed', () => {
  expect(refusal('ready', 'retired')).toMatch(/suspect, cordoned/);
});

test('D9 a CPU name becomes a label value that is valid, whatever it is', () => {
  expect(cpuSlug('Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz')).toBe('intel-xeon-cpu-e5-2620-v4-2.10ghz');
  const valid = (name: string) => labelValueErrors(cpuSlug(name)).length === 0;
  fc.assert(fc.property(fc.string({ maxLength: 200 }), valid));
  fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), valid));
});

describe('the table of statuses', () => {
  it('leads from registration to every status, and from retirement nowhere', () => {
    const seen = new Set<HostStatus>(['registered']);
    for (const status of seen) for (const next of nextStatuses(status)) seen.add(next);
    expect([...seen].sort()).toEqual([...HOST_STATUSES].sort());
    expect(nextStatuses('retired')).toEqual([]);
  });

  it('knows its statuses from other words', () => {
    expect(isHostStatus('ready')).toBe(true);
    expect(isHostStatus('Ready')).toBe(false);
    expect(isHostStatus(undefined)).toBe(false);
  });
});

describe('what a host needs', () => {
  it('to be tested: its network and its images', () => {
    expect(missingFor(facts(), 'initializing', 'testing')).toHaveLength(3);
  });

  it('to be given back: an inspection without findings, and time', () => {
    expect(refusal('recovering', 'ready')).toBeUndefined();
    expect(refusal('recovering', 'ready', { findings: ['nic.crc'] })).toContain('nic.crc');
    expect(refusal('recovering', 'ready', { findings: undefined })).toContain('an inspection');
    expect(refusal('recovering', 'ready', { sinceMs: 590_000 })).toContain('10 s more');
  });

  it('to leave: that no Pod is on it', () => {
    expect(refusal('faulty', 'offline', { pods: 2 })).toContain('2 Pods');
  });

  it('to take Pods: to be ready with network and images, where somebody says so', () => {
    expect(isFit('ready', {})).toBe(true);
    expect(isFit('ready', { 'jdos.jd.com/image.status': 'stale' })).toBe(true);
    expect(isFit('ready', { 'jdos.jd.com/net.status': 'degraded' })).toBe(false);
    expect(isFit('suspect', {})).toBe(false);
  });
});
