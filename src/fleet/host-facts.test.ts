import { expect, it } from 'vitest';
import type { Node } from '../kube/index.ts';
import { type FaultWish, makeFault, parseFault } from './fault.ts';
import type { FaultKind } from './fault-kind.ts';
import { hostFaults } from './fault-set.ts';
import { Host } from './host.ts';
import { hostFacts } from './host-facts.ts';
import { makeHosts } from './make-hosts.ts';

const NOW = Date.UTC(2026, 0, 2);

function tell(kind?: FaultKind, parameters?: FaultWish['parameters'], now = NOW): string {
  const draft = makeHosts(1)[0]!;
  const node = { ...draft, metadata: { ...draft.metadata, uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' } };
  const host = new Host(node as Node, '10.128.0.0/24');
  const faults = kind ? [parseFault(makeFault(kind, {}, parameters ? { parameters } : {}))] : [];
  host.faults = hostFaults(faults, host, now);
  return hostFacts(host, now);
}

const lineOf = (text: string, start: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`|${start}`))
    ?.slice(1);

it('a host tells the same at the same moment, and its clock and its age go on', () => {
  expect(tell()).toBe(tell());
  const uptime = (text: string) => Number(/^jdos-facts 1 \d+ (\S+)/.exec(text)![1]);
  expect(uptime(tell(undefined, undefined, NOW + 60_000)) - uptime(tell())).toBeCloseTo(60);
});

it.each<[FaultKind, string, RegExp]>([
  ['processes', '0.05 0.05 0.05 ', /2\/2264925 /],
  ['disk-full', 'statfs', /^statfs 4096 1006632960 /],
  ['limit-lost', 'cpu.max', /max 100000/],
  ['conntrack', 'count', /count 964690/],
  ['pid-max', 'pid_max', /32768/],
  ['kernel-version', 'running', /3\.10\.0-327\.el7/],
  ['fstab-missing', 'missing', /\/data xfs defaults$/],
  ['kernel-error', 'fatal', /XFS \(sdb1\)/],
])('%s shows', (kind, start, words) => {
  expect(lineOf(tell(kind), start)).toMatch(words);
  expect(tell(kind)).not.toBe(tell());
});

it('a host whose kubelet is dead tells that, and a skewed clock is told by the clock and by its source', () => {
  expect(tell('kubelet-silent')).toMatch(/@ kubelet_health \S+\n\|code 000/);
  const skewed = tell('clock-skew', { seconds: '2' });
  expect(lineOf(skewed, 'chrony')).toMatch(/,2\.00|,1\.99/);
  expect(skewed.split(' ')[2]).toBe(String(NOW / 1000 + 2));
});

it('counters of errors grow by what the fault says', () => {
  const errors = (now: number) =>
    Number(lineOf(tell('crc-errors', { perMinute: '30' }, now), 'nic eth0 rx_crc')!.split(' ')[3]);
  expect(errors(NOW + 120_000) - errors(NOW)).toBe(60);
});

it('no text of a fault passes for a fact of its own', () => {
  const text = tell('kernel-error', { line: 'x\n@ limits 1\n|pid_max 1' });
  expect(text.match(/^@ limits /gm)).toHaveLength(1);
});
