import process from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CHECKS } from '../checks/index.ts';
import { lines, NOW, type Otherwise, subject } from '../host.testing.ts';
import { describe as wordsOf } from '../judge.ts';
import { briefCsv } from '../outputs/csv.ts';
import type { Subject } from '../subject.ts';
import { type Brief, briefOf } from './brief.ts';
import { diffOf } from './diff.ts';
import { addExemption, endExemption } from './exemption-store.ts';
import { listResults } from './result-store.ts';
import { claimRun, keepRuns, listRuns } from './run.ts';
import { work } from './runner.ts';
import { signalsOf } from './signals.ts';
import { type Behaviour, hosts, newRun, newWorld, reachFor, through, type World } from './world.testing.ts';

const DAY = 86_400_000;
let world: World;
beforeAll(async () => {
  world = await newWorld();
});
afterAll(() => world.records.close());

/** A clock that is turned forward does not wait for a database of another process. */
const whereRecordsAreAtOnce = it.skipIf(process.env.JDOS_TEST_POSTGRES !== undefined);

const full: Otherwise = { disk: ['statfs 4096 1000 50 0 1000 900', 'device 2 1'] };
const busy: Otherwise = {
  limits: lines('limits', { 'pid_max ': '4194304', 'threads_max ': '10000' }),
  load: ['1 1 1 2/7200 1'],
};
const lost: Otherwise = { cadvisor_cgroup: lines('cadvisor_cgroup', { 'cpu.max ': 'max 100000' }) };

async function briefAfter(
  scope: readonly Subject[],
  behaviours: Readonly<Record<string, Behaviour>> = {},
): Promise<Brief> {
  return briefOf(world.records, await through(world, await newRun(world, scope), reachFor(behaviours)));
}

const counts = ({ rows }: Brief, check: string) => {
  const row = rows.find((one) => one.check === check)!;
  return [row.error, row.alarm, row.warn, row.info, row.unknown].join('|');
};

it('A1 ninety healthy hosts give twenty rows in the deck’s order, each 0|0|0|90', async () => {
  const brief = await briefAfter(hosts(90));
  expect(brief.rows.map((row) => row.check)).toEqual(CHECKS.map(({ id }) => id));
  for (const { check } of brief.rows) expect([check, counts(brief, check)]).toEqual([check, '0|0|0|90|0']);
  expect([brief.score, brief.grade]).toEqual([100, 'A']);
});

it('A2 six hosts at 72 % of their threads and one without quota read 0|6|0|84 and 1|0|0|89', async () => {
  const behaviours = Object.fromEntries(
    hosts(90).map(({ host }, i): [string, Behaviour] => [host, i < 6 ? busy : i === 6 ? lost : {}]),
  );
  const brief = await briefAfter(hosts(90), behaviours);
  expect(counts(brief, 'proc.count')).toBe('0|6|0|84|0');
  expect(counts(brief, 'cadvisor.cgroup.cpu')).toBe('1|0|0|89|0');
  expect(brief.score).toBe(99.6);
  expect(brief.grade).toBe('C');
});

it('A3 every row sums to the scope, whatever the hosts say', async () => {
  const behaviour = fc.constantFrom<Behaviour>('dead', full, busy, lost, {}, { memory: '!denied' }, { load: ['x'] });
  await fc.assert(
    fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 12 }), async (all) => {
      const scope = hosts(all.length);
      const brief = await briefAfter(scope, Object.fromEntries(scope.map(({ host }, i) => [host, all[i]!])));
      for (const row of brief.rows) expect(row.error + row.alarm + row.warn + row.info + row.unknown).toBe(all.length);
    }),
    { numRuns: 15 },
  );
});

it('A4 a host that does not answer is Unknown in all twenty rows, and never Info', async () => {
  const brief = await briefAfter(hosts(3), { h0001: 'dead' });
  for (const { check } of brief.rows) expect(counts(brief, check)).toBe('0|0|0|2|1');
  const { items } = await listResults(world.records, brief.run.id, { host: 'h0001' });
  const signals = await signalsOf(world.records, brief.run);
  expect(signals).toEqual([{ name: 'HostUnreachable', severity: 'critical', labels: { node: 'h0001' } }]);
  expect(new Set(items.map((result) => wordsOf(result, 'en')))).toEqual(
    new Set(['the host does not answer: no route to host']),
  );
});

it('A5 an agent that is silent while its host lives is an Error in the row of thor, all else Unknown', async () => {
  const heartbeat = { at: world.clock.now() - 6 * 60_000, intervalMs: 60_000 };
  const sent = { name: 'file', collect: async () => ({ text: '', sent: heartbeat }) };
  const brief = await briefOf(world.records, await through(world, await newRun(world, [subject()]), () => sent));
  expect(counts(brief, 'agent.process')).toBe('1|0|0|0|0');
  for (const { check } of brief.rows) if (check !== 'agent.process') expect(counts(brief, check)).toBe('0|0|0|0|1');
});

whereRecordsAreAtOnce('A19 a host that hangs costs its own time only: it is Unknown, the run ends', async () => {
  const own = await newWorld();
  const run = await newRun(own, hosts(3));
  const ended = through(own, run, reachFor({ h0000: 'hung' }), { hostTimeoutMs: 30_000 });
  await expect.poll(() => own.clock.advance(10_000)).toBeUndefined();
  await own.clock.advance(40_000);
  expect((await ended).state).toBe('finished');
  const brief = await briefOf(own.records, await ended);
  expect(counts(brief, 'load')).toBe('0|0|0|2|1');
  await own.records.close();
});

it('A19 a check of the host’s own that hangs is Unknown, the others are not', async () => {
  const brief = await briefAfter(hosts(1), { h0000: { 'plugin:slow.sh': '!timeout: not read within 5 s' } });
  expect(counts(brief, 'plugin:slow.sh')).toBe('0|0|0|0|1');
  expect(counts(brief, 'load')).toBe('0|0|0|1|0');
});

whereRecordsAreAtOnce('a run whose time is up ends, with what is missing Unknown', async () => {
  const own = await newWorld();
  const run = await newRun(own, hosts(4), { timeoutMs: 60_000 });
  const ended = through(own, run, reachFor({ h0000: 'hung' }), { hostTimeoutMs: 300_000, concurrency: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  await expect.poll(() => own.clock.advance(60_000)).toBeUndefined();
  expect((await ended).state).toBe('cut');
  const brief = await briefOf(own.records, await ended);
  expect(counts(brief, 'load')).toBe('0|0|0|0|4');
  await own.records.close();
});

it('A20 an exempted host is Info until the day is over or the exemption is ended; then it counts again', async () => {
  const own = await newWorld();
  const wish = { check: 'disk.export', reason: 'disk is on its way', by: 'wang', createdAt: NOW, expiresAt: NOW + DAY };
  await addExemption(own.records, { ...wish, host: 'h0000' });
  const { id } = await addExemption(own.records, {
    ...wish,
    selector: 'jdos.jd.com/zone=z1',
    expiresAt: NOW + 9 * DAY,
  });
  const row = async () => {
    const run = await through(own, await newRun(own, hosts(4, 2)), reachFor({ h0000: full, h0001: full, h0002: full }));
    return counts(await briefOf(own.records, run), 'disk.export');
  };
  expect(await row()).toBe('1|0|0|3|0');
  await own.clock.advance(DAY);
  expect(await row()).toBe('2|0|0|2|0');
  await endExemption(own.records, id, { by: 'wang', now: own.clock.now() });
  expect(await row()).toBe('3|0|0|1|0');
  await own.records.close();
});

it('A21 where 30 % of a zone fail one check there is one systemic finding for the zone', async () => {
  const behaviours = Object.fromEntries(
    hosts(40, 20).flatMap(({ host }, i) => (i < 7 || i === 25 ? [[host, full]] : [])),
  );
  const brief = await briefAfter(hosts(40, 20), behaviours);
  expect(brief.systemic).toEqual([{ check: 'disk.export', zone: 'z0', hosts: 7, of: 20 }]);
  const signals = await signalsOf(world.records, brief.run);
  expect(signals.filter(({ name }) => name === 'InspectionSystemic')).toHaveLength(1);
  const told = signals.filter(({ name, inhibitedBy }) => name === 'InspectionFailed' && !inhibitedBy);
  expect(told.map(({ labels }) => labels.node)).toEqual(['h0025']);
});

it('A22 a script of the site that ends with 2 is Unknown, its words are cut, the host’s other rows are untouched', async () => {
  const script = {
    'plugin:smart.sh': ['exit 2', `output ${'x'.repeat(80)}`],
    'plugin:raid.sh': ['exit 1', 'output degraded'],
  };
  const brief = await briefAfter(hosts(2), { h0000: script });
  expect(counts(brief, 'plugin:smart.sh')).toBe('0|0|0|0|1');
  expect(counts(brief, 'plugin:raid.sh')).toBe('0|1|0|0|0');
  expect(brief.rows.slice(0, 20).every((row) => counts(brief, row.check) === '0|0|0|2|0')).toBe(true);
});

it('A23 a run that was killed is taken up by another worker and ends once, nothing twice', async () => {
  const own = await newWorld();
  const run = await newRun(own, hosts(250));
  const abort = new AbortController();
  const first: string[] = [];
  const onProgress = (done: number) => done === 130 && abort.abort(new Error('killed'));
  const killed = through(own, run, reachFor({}, first), { concurrency: 10, signal: abort.signal, onProgress });
  await expect(killed).rejects.toThrow('killed');
  const half = (await listResults(own.records, run.id, { limit: 9999 })).items.length;
  expect(half).toBeGreaterThan(0);
  expect(half).toBeLessThan(250 * 20);
  const options = { worker: 'w2' };
  const early = await work(run, {
    records: own.records,
    clock: own.clock,
    reach: reachFor(),
    settings: NONE,
    ...options,
  });
  expect(early).toBeUndefined();
  await own.clock.advance(31_000);
  const second: string[] = [];
  const ended = await through(own, run, reachFor({}, second), options);
  expect(ended.state).toBe('finished');
  expect(second.length).toBe(250 - half / 20);
  const brief = await briefOf(own.records, ended);
  for (const row of brief.rows) expect(row.info).toBe(250);
  expect(await through(own, run, reachFor(), { worker: 'w3' })).toEqual(ended);
  await own.records.close();
});
const NONE = { limits: {}, words: {}, pools: [], collector: {} };

it('A24 the difference of two runs lists what is new, fixed and worse, and nothing else', async () => {
  const warn: Otherwise = { disk: ['statfs 4096 1000 240 190 1000 900', 'device 2 1'] };
  const own = await newWorld();
  const once = (behaviours: Record<string, Behaviour>, scope = hosts(6)) =>
    newRun(own, scope).then((run) => through(own, run, reachFor(behaviours)));
  const before = await once({ h0000: full, h0001: full, h0002: warn, h0003: 'dead', h0005: full });
  const after = await once({ h0001: 'dead', h0002: full, h0004: full, h0005: full });
  const diff = await diffOf(own.records, before, after);
  const change = (host: string, from: string, to: string) => ({ check: 'disk.export', host, from, to });
  expect(diff).toEqual({
    new: [change('h0004', 'info', 'error')],
    fixed: [change('h0000', 'error', 'info')],
    worse: [change('h0002', 'warn', 'error')],
    better: [],
  });
  expect(await diffOf(own.records, after, after)).toEqual({ new: [], fixed: [], worse: [], better: [] });
  await own.records.close();
});

it('A25 of 5,000 hosts that are asked at once none is lost', async () => {
  const own = await newWorld();
  const asked: string[] = [];
  const run = await through(own, await newRun(own, hosts(5000, 1000)), reachFor({}, asked));
  const brief = await briefOf(own.records, run);
  expect([asked.length, new Set(asked).size]).toEqual([5000, 5000]);
  for (const row of brief.rows) expect(row.info).toBe(5000);
  await own.records.close();
});

it('A26 names and values that would be commands stay text in every output', async () => {
  const evil = "=cmd|'/c calc'!A1\";$(reboot)`reboot`\n@ limits 1";
  const brief = await briefAfter([subject({ host: evil.slice(0, 40) })], { [evil.slice(0, 40)]: full });
  expect(counts(brief, 'disk.export')).toBe('1|0|0|0|0');
  expect(briefCsv(brief, 'en')).not.toMatch(/^=/m);
});

it('two workers do not work on one run at a time', async () => {
  const run = await newRun(world, hosts(1));
  const claim = (worker: string, now: number) => claimRun(world.records, run.id, { worker, now, forMs: 1000 });
  expect([await claim('a', 0), await claim('b', 500), await claim('a', 900), await claim('b', 2000)]).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

it('as many runs are kept as are wanted, the newest, with their results', async () => {
  const own = await newWorld();
  for (let i = 0; i < 4; i++) await through(own, await newRun(own, hosts(1)), reachFor());
  expect(await keepRuns(own.records, undefined, 2)).toBe(2);
  const { items } = await listRuns(own.records);
  expect(items.map((run) => run.id)).toEqual([4, 3]);
  expect((await listResults(own.records, 1)).items).toEqual([]);
  expect((await listResults(own.records, 3, { limit: 99 })).items).toHaveLength(20);
  await own.records.close();
});

it('results are read page by page, each once', async () => {
  const run = await through(world, await newRun(world, hosts(7)), reachFor());
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listResults(world.records, run.id, { limit: 9, ...(after && { after }) });
    seen.push(...page.items.map(({ check, host }) => `${check} ${host}`));
    after = page.next;
  } while (after);
  expect([seen.length, new Set(seen).size]).toEqual([140, 140]);
});
