import { expect, it } from 'vitest';
import { subject } from '../host.testing.ts';
import { NO_SETTINGS } from '../settings.ts';
import { checkPlan, dueAfter, dueBefore, type PlanSpec, savePlan } from './plan.ts';
import { findRun, listRuns } from './run.ts';
import { type InspectionOptions, startInspection } from './schedule.ts';
import { hosts, newRun, newWorld, reachFor, type World } from './world.testing.ts';

const HOUR = 3_600_000;
const hourly: PlanSpec = { schedule: '0 * * * *', keep: 3 };

/** Lets time go by in small steps, and what is due in them be done. */
async function pass(world: World, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 10_000) {
    await world.clock.advance(10_000);
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise((resolve) => setImmediate(resolve));
}

function begin(world: World, worker: string, more: Partial<InspectionOptions> = {}) {
  const stop = new AbortController();
  const { ended } = startInspection({
    client: undefined as never,
    records: world.records,
    clock: world.clock,
    signal: stop.signal,
    worker,
    settings: () => NO_SETTINGS,
    scope: async () => hosts(2),
    reach: () => reachFor(),
    ...more,
  });
  return {
    stop: async () => {
      stop.abort();
      await ended;
    },
  };
}

it('a plan runs when it is due, once though two look, and keeps as many runs as it says', async () => {
  const world = await newWorld();
  await savePlan(world.records, 'hourly', hourly, { by: 'wang', now: world.clock.now() });
  const [a, b] = [begin(world, 'a'), begin(world, 'b')];
  await pass(world, 5 * HOUR + 60_000);
  await a.stop();
  await b.stop();
  const { items } = await listRuns(world.records, { plan: 'hourly' });
  const start = world.clock.now() - (5 * HOUR + 60_000);
  expect(items.map((run) => [run.state, run.dueAt! - start])).toEqual(
    [5, 4, 3, 2].slice(0, items.length).map((h) => ['finished', h * HOUR]),
  );
  expect(items.length).toBeGreaterThanOrEqual(3);
  await world.records.close();
});

it('a plan that rests does not run, and what was missed for long is not made up for', async () => {
  const world = await newWorld();
  await savePlan(world.records, 'rests', { ...hourly, suspended: true }, { by: 'wang', now: world.clock.now() });
  await savePlan(world.records, 'daily', { schedule: '30 8 * * *' }, { by: 'wang', now: world.clock.now() });
  await world.clock.advance(23 * HOUR);
  const schedule = begin(world, 'a');
  await pass(world, 60_000);
  await schedule.stop();
  expect((await listRuns(world.records)).items).toEqual([]);
  await world.records.close();
});

it('a run that its worker has left is taken up, and one that is worked on is not', async () => {
  const world = await newWorld();
  const run = await newRun(world, [subject()]);
  const asked: string[] = [];
  const schedule = begin(world, 'a', { reach: () => reachFor({}, asked) });
  await pass(world, 30_000);
  await schedule.stop();
  expect((await findRun(world.records, run.id))?.state).toBe('finished');
  expect(asked).toEqual(['h1']);
  await world.records.close();
});

it('a cluster that does not answer is told of and asked again', async () => {
  const world = await newWorld();
  await savePlan(world.records, 'hourly', hourly, { by: 'wang', now: world.clock.now() });
  const told: string[] = [];
  let tries = 0;
  const scope = async () => {
    if (++tries < 3) throw new Error('connection refused');
    return hosts(1);
  };
  const schedule = begin(world, 'a', {
    scope,
    onError: (key, error) => told.push(`${key}: ${(error as Error).message}`),
  });
  await pass(world, HOUR + 120_000);
  await schedule.stop();
  expect(told).toEqual(Array(2).fill('plan hourly: connection refused'));
  expect((await listRuns(world.records)).items.map((run) => run.state)).toEqual(['finished']);
  await world.records.close();
});

it('schedules are read in their time zone', () => {
  const spec = { schedule: '0 8 * * *' };
  const noon = Date.UTC(2026, 5, 1, 12);
  expect(new Date(dueBefore(spec, noon)!).toISOString()).toBe('2026-06-01T00:00:00.000Z');
  expect(new Date(dueAfter(spec, noon)!).toISOString()).toBe('2026-06-02T00:00:00.000Z');
  expect(new Date(dueAfter({ ...spec, timezone: 'UTC' }, noon)!).toISOString()).toBe('2026-06-02T08:00:00.000Z');
  expect(dueBefore(spec, Date.UTC(2026, 5, 1))).toBe(Date.UTC(2026, 5, 1));
});

it.each([
  ['Bad Name', hourly, /name: expected small letters/],
  ['x', { schedule: 'whenever' }, /schedule: expected a cron pattern/],
  ['x', { ...hourly, timezone: 'Mars/Base' }, /schedule: expected/],
  ['x', { ...hourly, checks: ['nope'] }, /checks: expected kubelet.process/],
  ['x', { ...hourly, selector: 'a in (' }, /selector: expected a label selector/],
])('a plan %s of %j is refused in words', (name, spec, words) => {
  expect(() => checkPlan(name, spec)).toThrow(words);
});
