import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines } from '../host.testing.ts';
import { badHosts, badHostsByCheck } from './bad-hosts.ts';
import { hosts, newRun, newWorld, reachFor, through, type World } from './world.testing.ts';

let world: World;
beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.records.close());

const lost = { cadvisor_cgroup: lines('cadvisor_cgroup', { 'cpu.max ': 'max 100000' }) };
const full = { disk: ['statfs 4096 1000 50 0 1000 900', 'device 2 1'] };

test('before anything was inspected nobody is bad, and nobody was looked at', async () => {
  expect(await badHosts(world.records, 'disk.export')).toBeUndefined();
  expect(await badHostsByCheck(world.records)).toEqual({});
});

test('bad are those with a finding of the newest run that has looked; who did not answer is not', async () => {
  await through(world, await newRun(world, hosts(4)), reachFor({ h0000: full, h0001: full, h0002: 'dead' }));
  const partly = await newRun(world, hosts(4), { spec: { checks: ['cadvisor.cgroup.cpu'] } });
  await through(world, partly, reachFor({ h0003: lost }));
  expect((await badHosts(world.records, 'disk.export'))?.hosts).toEqual(['h0000', 'h0001']);
  expect(await badHosts(world.records, 'cadvisor.cgroup.cpu')).toMatchObject({
    run: { id: partly.id },
    hosts: ['h0003'],
  });
  expect(await badHostsByCheck(world.records)).toEqual({ 'cadvisor.cgroup.cpu': ['h0003'] });
});
