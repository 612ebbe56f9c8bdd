import { afterAll, beforeAll, expect, it } from 'vitest';
import { lines } from '../host.testing.ts';
import { hostHistory, levelsOf } from './host-history.ts';
import { type Behaviour, hosts, newRun, newWorld, reachFor, through, type World } from './world.testing.ts';

let world: World;
beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.records.close());

const lost = { cadvisor_cgroup: lines('cadvisor_cgroup', { 'cpu.max ': 'max 100000' }) };
const full = { disk: ['statfs 4096 1000 50 0 1000 900', 'device 2 1'] };

it('a host’s runs come newest first, page by page, each with its counts and what was found', async () => {
  const behaviours: Record<string, Behaviour>[] = [{}, { h0000: lost }, { h0000: 'dead' }];
  for (const some of behaviours) await through(world, await newRun(world, hosts(2)), reachFor(some));
  const first = await hostHistory(world.records, 'h0000', { limit: 2 });
  expect(first.items.map(({ counts }) => [counts.error, counts.unknown > 0])).toEqual([
    [expect.any(Number), true],
    [1, false],
  ]);
  expect(first.items[1]?.findings).toMatchObject([{ check: 'cadvisor.cgroup.cpu', level: 'error' }]);
  const second = await hostHistory(world.records, 'h0000', { limit: 2, after: first.next! });
  expect(second.items.map(({ findings }) => findings)).toEqual([[]]);
  expect(second.next).toBeUndefined();
  expect((await hostHistory(world.records, 'nobody')).items).toEqual([]);
});

it('the worst of each host: what is known goes before what is not, and the healthy are left out', async () => {
  const run = await newRun(world, hosts(4));
  await through(world, run, reachFor({ h0001: lost, h0002: full, h0003: 'dead' }));
  const levels = await levelsOf(world.records, run.id, ['h0000', 'h0001', 'h0002', 'h0003']);
  expect(levels.get('h0000')).toBeUndefined();
  expect(levels.get('h0001')).toBe('error');
  expect(['warn', 'alarm', 'error']).toContain(levels.get('h0002'));
  expect(levels.get('h0003')).toBeDefined();
});
