import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '../kube/index.ts';
import { exitCodeOf, Job, type JobOptions } from './job.ts';
import { minimal, oneLine } from './print.ts';
import { stagesOf } from './stages.ts';
import type { RunResult, Target, Transport } from './target.ts';

const targets = (count: number, racks = 4): Target[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `t${i}`,
    kind: 'host' as const,
    labels: {},
    rack: `r${i % racks}`,
  }));

const result = (rc: number, stdout = '', stderr = ''): RunResult => ({
  rc,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from(stderr),
});

function jobOf(count: number, run: Transport['run'], options: Partial<JobOptions> = {}) {
  return new Job({
    transport: { name: 'test', run },
    targets: targets(count),
    command: ['x'],
    clock: new VirtualClock(),
    ...options,
  });
}

test('F3 a target that is not reached is told apart from one that failed', async () => {
  const report = await jobOf(
    3,
    async ({ name }) => {
      if (name === 't0') throw new Error('pods "t0" not found');
      return result(name === 't1' ? 3 : 0);
    },
    { stages: [1] },
  ).run();
  expect(report.counts).toEqual({ ok: 1, failed: 1, unreachable: 1, skipped: 0 });
  expect(exitCodeOf(report)).toBe(4);
  const texts = report.results.map((one) => minimal(one)).sort();
  expect(texts[0]).toBe(
    't0 | UNREACHABLE! => {\n    "changed": false,\n    "msg": "pods \\"t0\\" not found",\n    "unreachable": true\n}\n',
  );
  expect(texts[1]).toBe('t1 | FAILED | rc=3 >>\nnon-zero return code\n');
});

test.each([
  [{ ok: 1, failed: 0, unreachable: 0, skipped: 0 }, 0],
  [{ ok: 1, failed: 1, unreachable: 0, skipped: 0 }, 2],
  [{ ok: 1, failed: 1, unreachable: 1, skipped: 0 }, 4],
  [{ ok: 0, failed: 0, unreachable: 0, skipped: 0 }, 4],
])('F4 %j ends with %i', (counts, code) => {
  expect(exitCodeOf({ counts })).toBe(code);
});

test('F6 when too many fail at the stage of 5 % the job stops and the rest is not touched', async () => {
  const touched: string[] = [];
  const report = await jobOf(
    200,
    async ({ name }) => {
      touched.push(name);
      return result(touched.length > 1 ? 1 : 0);
    },
    { mostFailures: 3, concurrency: 2 },
  ).run();
  expect(touched.length).toBeLessThanOrEqual(10);
  expect(report.counts.skipped).toBe(200 - touched.length);
  expect(report.stopped).toContain('more than 3');
  expect(exitCodeOf(report)).toBe(2);
});

test('F8 cancelled at 40 %: what runs is let run to its end, the rest is skipped, and the counts are exact', async () => {
  const open: PromiseWithResolvers<RunResult>[] = [];
  const job = jobOf(
    100,
    () => {
      const one = Promise.withResolvers<RunResult>();
      open.push(one);
      return one.promise;
    },
    { stages: [1], concurrency: 10 },
  );
  const running = job.run();
  for (let ended = 0; ended < 40; ended++) {
    while (open.length <= ended) await Promise.resolve();
    open[ended]!.resolve(result(0));
  }
  while (open.length < 50) await Promise.resolve();
  job.cancel();
  for (const one of open) one.resolve(result(0));
  const { counts, stopped } = await running;
  expect(counts).toEqual({ ok: 50, failed: 0, unreachable: 0, skipped: 50 });
  expect(stopped).toBe('cancelled');
});

test('a paused job begins nothing until it goes on', async () => {
  let begun = 0;
  const job = jobOf(
    10,
    async () => {
      if (++begun === 4) job.pause();
      return result(0);
    },
    { stages: [1], concurrency: 1 },
  );
  const running = job.run();
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBe(4);
  job.resume();
  expect((await running).counts.ok).toBe(10);
});

test('a target that does not answer in time is not reached', async () => {
  const clock = new VirtualClock();
  const job = jobOf(
    1,
    (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { clock, timeoutMs: 5_000 },
  );
  const running = job.run();
  await clock.advance(5_000);
  expect((await running).results[0]!.outcome).toMatchObject({ kind: 'unreachable', message: 'no answer within 5 s' });
});

test('stages reach every target once, the first one alone, and racks take turns', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 20 }), (count, racks) => {
      const stages = stagesOf(targets(count, racks));
      expect(
        stages
          .flat()
          .map(({ name }) => name)
          .sort(),
      ).toEqual(
        targets(count)
          .map(({ name }) => name)
          .sort(),
      );
      if (count > 0) expect(stages[0]).toHaveLength(1);
      if (count >= racks)
        expect(
          new Set(
            stages
              .flat()
              .slice(0, racks)
              .map(({ rack }) => rack),
          ).size,
        ).toBe(racks);
    }),
  );
});

test('output beyond 64 KiB is cut off and said to be', async () => {
  const { results } = await jobOf(1, async () => result(0, 'x'.repeat(70_000))).run();
  expect(minimal(results[0]!)).toContain('[4464 bytes more were left out]');
});

test('the one-line form', async () => {
  const { results } = await jobOf(1, async () => result(0, 'a\nb\n', 'c\n')).run();
  expect(oneLine(results[0]!)).toBe('t0 | CHANGED | rc=0 | (stdout) a\\nb\\n (stderr) c\\n\n');
  expect(oneLine(results[0]!, { caption: 'SUCCESS' })).toContain('SUCCESS');
});
