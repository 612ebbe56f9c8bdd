import { afterAll, beforeAll, expect, it } from 'vitest';
import { lines } from '../host.testing.ts';
import { Trend } from './trend.ts';
import { hosts, newRun, newWorld, reachFor, through, type World } from './world.testing.ts';

let world: World;
beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.records.close());

const lost = { cadvisor_cgroup: lines('cadvisor_cgroup', { 'cpu.max ': 'max 100000' }) };

it('shows ended runs from old to new with their counts and scores, of one plan or of all', async () => {
  const trend = new Trend(world.records);
  expect(await trend.points()).toEqual([]);
  await through(world, await newRun(world, hosts(3)), reachFor());
  await through(world, await newRun(world, hosts(3), { plan: 'daily', dueAt: 1 }), reachFor({ h0000: lost }));
  await newRun(world, hosts(3));
  const points = await trend.points();
  expect(points.map(({ counts, grade }) => [counts.error, counts.info, grade])).toEqual([
    [0, 60, 'A'],
    [1, 59, 'C'],
  ]);
  expect((await trend.points({ plan: 'daily' })).map(({ run }) => run.plan)).toEqual(['daily']);
  expect((await trend.points({ limit: 2 })).map(({ counts }) => counts.error)).toEqual([1]);
  expect(await trend.points()).toEqual(points);
});
