import { expect, test } from 'vitest';
import { bytes, milli } from '../kube/index.ts';
import { makeHosts } from './make-hosts.ts';

const hosts = makeHosts(5000);

test('names, addresses and Pod blocks are unique', () => {
  const unique = (values: unknown[]) => new Set(values).size;
  expect(unique(hosts.map((h) => h.metadata.name))).toBe(5000);
  expect(unique(hosts.map((h) => h.status?.addresses?.[0]?.address))).toBe(5000);
  expect(unique(hosts.map((h) => h.spec?.podCIDR))).toBe(5000);
});

test('the same seed makes the same hosts, and more of them begin alike', () => {
  expect(makeHosts(200)).toEqual(hosts.slice(0, 200));
  expect(makeHosts(200, 2)).not.toEqual(hosts.slice(0, 200));
});

test('ninety hosts stand in three zones and several racks, of several kinds', () => {
  const of = (label: string) => new Set(makeHosts(90).map((h) => h.metadata.labels?.[label]));
  expect([...of('topology.kubernetes.io/zone')].sort()).toEqual(['gz-1', 'gz-2', 'gz-3']);
  expect(of('jdos.jd.com/rack').size).toBe(6);
  expect(of('node.kubernetes.io/instance-type').size).toBeGreaterThan(1);
});

test('a rack stands in one zone and holds machines of one kind', () => {
  const zones = new Map<string, Set<string>>();
  for (const { metadata } of hosts) {
    const { 'jdos.jd.com/rack': rack = '', 'jdos.jd.com/zone': zone, 'jdos.jd.com/cpu.model': cpu } = metadata.labels!;
    zones.set(rack, (zones.get(rack) ?? new Set()).add(`${zone} ${cpu}`));
  }
  expect([...zones.values()].every((set) => set.size === 1)).toBe(true);
});

test('every label of the life of hosts has a legal value', () => {
  for (const { metadata } of hosts.slice(0, 100)) {
    expect(metadata.labels).toMatchObject({
      'jdos.jd.com/status': 'ready',
      'jdos.jd.com/net.status': 'ready',
      'jdos.jd.com/image.status': 'ready',
      'jdos.jd.com/disk.type': expect.stringMatching(/^(nvme|ssd|sas|sata|mixed)$/),
      'jdos.jd.com/rack': expect.stringMatching(/^r\d\d-\d\d$/),
      'kubernetes.io/hostname': metadata.name,
    });
    for (const value of Object.values(metadata.labels!))
      expect(value).toMatch(/^[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?$/);
  }
});

test('the kubelet keeps something of every machine for the system', () => {
  for (const { status } of hosts.slice(0, 100)) {
    expect(milli(status!.allocatable!.cpu!)).toBeLessThan(milli(status!.capacity!.cpu!));
    expect(bytes(status!.allocatable!.memory!)).toBeLessThan(bytes(status!.capacity!.memory!));
    expect(Number(status!.allocatable!.pods)).toBeGreaterThanOrEqual(110);
  }
});
