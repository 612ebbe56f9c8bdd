import { expect, test } from 'vitest';
import { type core, NODES, PODS, type Pod } from '../kube/index.ts';
import { chanceOf } from './chance.ts';
import { Host } from './host.ts';
import { usageReport } from './kubelet/usage.ts';
import { makeHosts } from './make-hosts.ts';
import { PodLife } from './pod-life.ts';
import { loadStages } from './stage-files.ts';
import { MemoryApi } from './testing/memory-api.ts';
import { NO_FAULTS } from './world.ts';

const START = Date.UTC(2026, 0, 1);
const RUNNING = START + 60_000;
const world = { keys: () => undefined, claim: () => 'bound' as const, faults: () => NO_FAULTS };

function hostWith(pods: { name: string; annotations?: Record<string, string>; resources?: object }[], seed = 1): Host {
  const api = new MemoryApi();
  const host = new Host(api.put(NODES, makeHosts(1)[0]!), '10.128.0.0/24');
  for (const { name, annotations, resources = {} } of pods) {
    const containers: core.Container[] = [
      { name: 'web', image: 'nginx:1.27', resources },
      { name: 'side', image: 'redis:7' },
    ];
    const pod = api.put<Pod>(PODS, {
      metadata: { name, namespace: 'default', annotations },
      spec: { nodeName: 'h', containers },
    });
    const life = new PodLife(pod, { host, world, stages: loadStages(), chance: chanceOf(seed) });
    for (let now = START, steps = 0; steps < 20; steps++) {
      life.run(now);
      now = life.next(now) ?? now + 1000;
    }
    host.residents.add({ host, life, sent: {}, echo: undefined, removed: false });
  }
  return host;
}

const ask = (host: Host, query: string, now = RUNNING) => usageReport([host], new URLSearchParams(query), now);
const web = (host: Host, name = 'a', now = RUNNING) =>
  ask(host, 'pods', now).pods?.[`default/${name}`]?.containers.find((c) => c.name === 'web');

test('annotations choose what is used, for all containers or for one', () => {
  const annotations = {
    'fleet.jdos.jd.com/cpu-usage': '250m',
    'fleet.jdos.jd.com/memory-usage': '64Mi',
    'fleet.jdos.jd.com/cpu-usage.side': '1',
  };
  const report = ask(hostWith([{ name: 'a', annotations }]), 'pods');
  expect(report.pods?.['default/a']?.containers).toEqual([
    { name: 'web', cpu: 250_000_000, memory: 64 * 2 ** 20 },
    { name: 'side', cpu: 1_000_000_000, memory: 64 * 2 ** 20 },
  ]);
});

test('an annotation that is no quantity counts as not written', () => {
  const annotations = { 'fleet.jdos.jd.com/cpu-usage': 'much' };
  expect(web(hostWith([{ name: 'a', annotations }]))).toEqual(web(hostWith([{ name: 'a' }])));
});

test('use follows from seed, names and time', () => {
  expect(web(hostWith([{ name: 'a' }]))).toEqual(web(hostWith([{ name: 'a' }])));
  expect(web(hostWith([{ name: 'a' }]))).not.toEqual(web(hostWith([{ name: 'a' }], 2)));
  const host = hostWith([{ name: 'a' }, { name: 'b' }]);
  expect(web(host, 'a')?.cpu).not.toBe(web(host, 'b')?.cpu);
});

test('use stays about the request and below the limit, and changes little in a minute', () => {
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '300m', memory: '2Gi' } };
  const host = hostWith([{ name: 'a', resources }]);
  for (let minute = 0; minute < 120; minute++) {
    const [now, next] = [minute, minute + 1].map((m) => web(host, 'a', RUNNING + m * 60_000)!);
    expect(now!.cpu).toBeLessThanOrEqual(300_000_000);
    expect(now!.memory).toBeGreaterThan(0.3 * 2 ** 30);
    expect(now!.memory).toBeLessThan(2 ** 30);
    expect(Math.abs(now!.cpu - next!.cpu)).toBeLessThan(100_000_000);
  }
});

test('a host uses what its Pods do and a little for itself; a silent one says nothing', () => {
  const annotations = { 'fleet.jdos.jd.com/cpu-usage': '1', 'fleet.jdos.jd.com/memory-usage': '1Gi' };
  const host = hostWith([{ name: 'a', annotations }]);
  const [node] = ask(host, 'nodes').nodes!;
  expect(node?.cpu).toBe(2_050_000_000);
  expect(node?.memory).toBe(2 * 2 ** 30 + 400 * 2 ** 20);
  host.faults = { ...host.faults, silent: 'dead' } as never;
  expect(ask(host, 'nodes&pods')).toMatchObject({ nodes: [], pods: {} });
});
