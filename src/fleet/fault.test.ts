import { expect, test } from 'vitest';
import type { Pod } from '../kube/index.ts';
import { describeFault, type FaultTarget, type FaultWish, makeFault, parseFault } from './fault.ts';
import { FAULT_KINDS, type FaultKind } from './fault-kind.ts';
import { globMatches, hostFaults, podFaults } from './fault-set.ts';

const make = (kind: FaultKind, target: FaultTarget = {}, wish?: FaultWish) => parseFault(makeFault(kind, target, wish));
const HOST = { name: 'h1', labels: { 'jdos.jd.com/rack': 'r01-01', 'jdos.jd.com/disk.type': 'ssd' } };
const OTHER = { name: 'h2', labels: { 'jdos.jd.com/rack': 'r01-02' } };
const POD = { metadata: { name: 'web-1', namespace: 'shop', labels: { app: 'web' } }, spec: {} } as unknown as Pod;

test('every kind can be made, read and described', () => {
  for (const kind of Object.keys(FAULT_KINDS) as FaultKind[]) {
    const fault = make(kind, kind === 'rack-down' ? { rack: 'r01-01' } : {});
    expect(describeFault(fault)).toContain(kind);
  }
});

test.each<[FaultKind, FaultTarget, FaultWish, string]>([
  ['host-silent', { hosts: ['h1'] }, {}, 'host-silent on host h1'],
  ['disk-full', { hosts: ['h1', 'h2'] }, {}, 'disk-full on 2 hosts'],
  [
    'crash',
    { podSelector: 'app=web', namespace: 'shop' },
    { parameters: { exitCode: '9' } },
    'crash on Pods with app=web, in namespace shop, exitCode 9',
  ],
  [
    'rack-down',
    { rack: 'r01-01' },
    { until: Date.UTC(2026, 0, 1) },
    'rack-down on rack r01-01, until 2026-01-01T00:00:00Z',
  ],
  ['kubelet-silent', {}, {}, 'kubelet-silent on the whole fleet'],
])('%s of %j reads well', (kind, target, wish, text) => {
  expect(describeFault(make(kind, target, wish))).toBe(text);
});

test('its name says what it is, unless another is wished for', () => {
  expect(makeFault('crash', { pods: ['Web_1'] }).metadata.name).toBe('crash-web-1');
  expect(makeFault('host-silent', {}).metadata.name).toBe('host-silent-all');
  expect(makeFault('host-silent', {}, { name: 'x' }).metadata.name).toBe('x');
});

test.each<[string, FaultKind, FaultTarget, FaultWish, RegExp]>([
  [
    'an aim that the kind has not',
    'host-silent',
    { podSelector: 'a=b' },
    {},
    /data: expected hosts, hostSelector, rack/,
  ],
  ['a rack that is not named', 'rack-down', {}, {}, /rack: expected a value/],
  ['a parameter that the kind has not', 'crash', {}, { parameters: { speed: '1' } }, /expected .*exitCode/],
  [
    'a value of another form',
    'probe-failure',
    {},
    { parameters: { probe: 'all' } },
    /probe: expected startup, readiness or liveness/,
  ],
  ['a selector that is none', 'crash', { podSelector: 'a in (' }, {}, /podSelector: expected a label selector/],
])('%s is refused in words', (_, kind, target, wish, message) => {
  expect(() => makeFault(kind, target, wish)).toThrow(message);
});

test('hosts are struck by name, by label and by rack', () => {
  const silent = (target: FaultTarget) =>
    [HOST, OTHER].map((h) => hostFaults([make('host-silent', target)], h, 0).silent);
  expect(silent({ hosts: ['h2'] })).toEqual([undefined, 'host']);
  expect(silent({ hostSelector: 'jdos.jd.com/disk.type in (ssd,nvme)' })).toEqual(['host', undefined]);
  expect(silent({ rack: 'r01-02' })).toEqual([undefined, 'host']);
  expect(silent({})).toEqual(['host', 'host']);
});

test('a dead host is more than a silent kubelet, and skews add up', () => {
  const faults = [
    make('kubelet-silent'),
    make('rack-down', { rack: 'r01-01' }),
    make('clock-skew'),
    make('clock-skew', {}, { parameters: { seconds: '-20' } }),
  ];
  expect(hostFaults(faults, HOST, 0)).toMatchObject({ silent: 'host', skewMs: 280_000 });
  expect(hostFaults(faults, OTHER, 0).silent).toBe('kubelet');
});

test('Pods are struck by name, labels, namespace and host', () => {
  const slow = (target: FaultTarget) => podFaults([make('slow-start', target)], POD, HOST, 0).slowStartMs;
  expect(slow({ podSelector: 'app=web' })).toBe(60_000);
  expect(slow({ podSelector: 'app!=web' })).toBe(0);
  expect(slow({ pods: ['web-1'], namespace: 'shop' })).toBe(60_000);
  expect(slow({ pods: ['web-1'], namespace: 'other' })).toBe(0);
  expect(slow({ hosts: ['h2'] })).toBe(0);
});

test('only the container that is named is struck', () => {
  const { crash, probeFails } = podFaults(
    [make('crash', { container: 'a' }), make('probe-failure', { container: 'b' })],
    POD,
    HOST,
    0,
  );
  expect([crash('a'), crash('b')]).toEqual([{ exitCode: 1, afterMs: 2000 }, undefined]);
  expect([probeFails('readiness', 'b'), probeFails('liveness', 'b'), probeFails('readiness', 'a')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('past faults do nothing', () => {
  const fault = make('slow-start', {}, { until: 5000 });
  expect(podFaults([fault], POD, HOST, 4999).slowStartMs).toBe(60_000);
  expect(podFaults([fault], POD, HOST, 5000).slowStartMs).toBe(0);
});

test('images match by their pattern', () => {
  expect(globMatches('*/shop/*', 'registry.local/shop/web:1')).toBe(true);
  expect(globMatches('nginx:1.*', 'nginx:1.27')).toBe(true);
  expect(globMatches('nginx:1.*', 'nginx:1427')).toBe(false);
  const { pullFailure } = podFaults([make('image-pull-failure', { image: 'nginx:*' })], POD, HOST, 0);
  expect(pullFailure('nginx:1')).toContain('not found');
  expect(pullFailure('redis:1')).toBeUndefined();
});
