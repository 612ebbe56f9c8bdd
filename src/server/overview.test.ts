import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Overview } from './contract/overview.ts';
import { openTestServer, type TestServer } from './server.testing.ts';

const empty = { ready: 0, cordoned: 0, cpu: 0, memory: 0, pods: 0, askedCpu: 0, askedMemory: 0, askedPods: 0 };
const HOSTS = [
  { ...empty, zone: 'a', tenth: 1, hosts: 2, ready: 2, cpu: 20, memory: 2e16, askedCpu: 3, askedPods: 5 },
  { ...empty, zone: 'a', tenth: 9, hosts: 1, cordoned: 1, cpu: 10, memory: 1e16, askedCpu: 9, askedPods: 9 },
  { ...empty, zone: 'b', tenth: 1, hosts: 4, ready: 4, cpu: 40, askedCpu: 5 },
  { ...empty, zone: null, tenth: null, hosts: 1 },
];
const PODS = [
  { phase: 'Running', ready: true, reason: null, pods: 90 },
  { phase: 'Pending', ready: false, reason: 'Unschedulable', pods: 3 },
  { phase: 'Pending', ready: false, reason: 'ContainerCreating', pods: 7 },
];

let server: TestServer;
let overview: Overview;
let asked = 0;
beforeAll(async () => {
  const rows = async (sql: string) => {
    asked++;
    return sql.includes('FROM nodes') ? HOSTS : PODS;
  };
  server = await openTestServer({ tables: { rows, ageSeconds: async () => 0, names: async () => new Set<string>() } });
  overview = (await (await server.signedIn('vera', 'viewer')).ask('GET', '/api/v1/overview')).json();
});
afterAll(() => server[Symbol.asyncDispose]());

it('the first page asks two questions, as many as one person’s run at a time', () => {
  expect(asked).toBe(2);
});

it('hosts and what is asked of them are told by zone, and hosts by how full they are', () => {
  expect(overview.hosts).toMatchObject([
    { zone: 'a', hosts: 3, ready: 2, cordoned: 1, cpu: 30, memory: 3e16 },
    { zone: 'b', hosts: 4, ready: 4 },
    { zone: null, hosts: 1 },
  ]);
  expect(overview.requested.slice(0, 2)).toMatchObject([
    { zone: 'a', cpu: 12, pods: 14 },
    { zone: 'b', cpu: 5 },
  ]);
  expect(overview.allocation).toEqual([
    { tenth: 1, hosts: 6 },
    { tenth: 9, hosts: 1 },
    { tenth: null, hosts: 1 },
  ]);
});

it('Pods are counted by state, and those that wait by why, the most frequent first', () => {
  expect(overview.pods).toEqual([
    { phase: 'Running', ready: true, pods: 90 },
    { phase: 'Pending', ready: false, pods: 10 },
  ]);
  expect(overview.waiting).toEqual([
    { reason: 'ContainerCreating', pods: 7 },
    { reason: 'Unschedulable', pods: 3 },
  ]);
});
