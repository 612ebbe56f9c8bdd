import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meta, referenceTo } from '../../../control/fixture.ts';
import type { batch, CronJob, Job } from '../../../kube/index.ts';
import { cronDraft, cronStatus, planCronJob, superfluousJobs } from './plan.ts';
import { dueBetween, parseSchedule } from './schedule.ts';

const at = (text: string) => Date.parse(text);
const MINUTE = 60_000;

describe('parseSchedule', () => {
  it.each([
    ['*/5 * * * *', undefined, '2026-01-01T00:07:00Z', '2026-01-01T00:10:00Z'],
    ['0 3 * * *', 'Asia/Shanghai', '2026-01-01T00:00:00Z', '2026-01-01T19:00:00Z'],
    ['@hourly', undefined, '2026-01-01T00:00:00Z', '2026-01-01T01:00:00Z'],
    ['@every 1h30m', undefined, '2026-01-01T00:00:00Z', '2026-01-01T01:30:00Z'],
    ['0 0 13 * 5', undefined, '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['30 4 ? * 1', undefined, '2026-01-01T00:00:00Z', '2026-01-05T04:30:00Z'],
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', '2026-03-08T07:00:00Z'],
  ])('%s in %s after %s is %s', (text, zone, after, next) => {
    expect(new Date(parseSchedule(text, zone).next(at(after))!).toISOString()).toBe(next.replace('Z', '.000Z'));
  });

  it.each(['', 'every day', '61 * * * *', '@every soon'])('refuses %j', (text) => {
    expect(() => parseSchedule(text)).toThrow();
  });
});

describe('dueBetween', () => {
  it('finds the latest missed time, however long the gap', () => {
    const schedule = parseSchedule('*/10 * * * *');
    fc.assert(
      fc.property(fc.nat(200_000), (minutes) => {
        const since = at('2026-01-01T00:05:00Z');
        const now = since + minutes * MINUTE;
        const expected = Math.floor(now / (10 * MINUTE)) * 10 * MINUTE;
        expect(dueBetween(schedule, since, now).scheduled).toBe(expected > since ? expected : undefined);
      }),
      { numRuns: 30 },
    );
  });
});

function cron(spec: Partial<batch.CronJobSpec> = {}, status?: batch.CronJobStatus): CronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta('tick'),
    spec: { schedule: '0 * * * *', jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template: {} } }, ...spec },
    ...(status && { status }),
  };
}

function jobOf(owner: CronJob, name: string, end?: 'Complete' | 'Failed', startTime = '2026-01-01T00:00:00Z'): Job {
  return {
    metadata: meta(name, { ownerReferences: [referenceTo(owner)] }),
    spec: { template: {} },
    status: {
      startTime,
      ...(end && { conditions: [{ type: end, status: 'True' }] }),
      ...(end === 'Complete' && { completionTime: startTime }),
    },
  };
}

describe('planCronJob', () => {
  const now = at('2026-01-01T02:00:30Z');
  const ran = { lastScheduleTime: '2026-01-01T01:00:00Z' };

  it('starts the Job of the latest time that has passed, and says when the next is', () => {
    expect(planCronJob(cron({}, ran), [], now)).toEqual({
      start: at('2026-01-01T02:00:00Z'),
      tell: [],
      waitMs: 59.5 * MINUTE + 100,
    });
  });

  it.each([
    ['before its time', {}, { lastScheduleTime: '2026-01-01T02:00:00Z' }],
    ['while suspended', { suspend: true }, ran],
    ['too late', { startingDeadlineSeconds: 10 }, ran],
  ])('starts nothing %s', (_, spec, status) => {
    expect(planCronJob(cron(spec, status), [], now).start).toBeUndefined();
  });

  it('starts nothing beside a running one where that is forbidden', () => {
    const forbidding = cron({ concurrencyPolicy: 'Forbid' }, ran);
    const plan = planCronJob(forbidding, [jobOf(forbidding, 'a')], now);
    expect([plan.start, plan.tell[0]?.[1]]).toEqual([undefined, 'JobAlreadyActive']);
    expect(planCronJob(forbidding, [jobOf(forbidding, 'a', 'Failed')], now).start).toBeDefined();
  });

  it('stops the running one first where it is to be replaced', () => {
    const replacing = cron({ concurrencyPolicy: 'Replace' }, ran);
    const running = jobOf(replacing, 'a');
    expect(planCronJob(replacing, [running], now).replace).toEqual([running]);
  });

  it('tells that it cannot read its schedule', () => {
    expect(planCronJob(cron({ schedule: 'soon' }), [], now).tell[0]?.[1]).toBe('UnparseableSchedule');
  });

  it('tells of many missed times, and makes up for the latest only', () => {
    const plan = planCronJob(cron({ schedule: '* * * * *' }, { lastScheduleTime: '2025-12-01T00:00:00Z' }), [], now);
    expect([plan.start, plan.tell[0]?.[1]]).toEqual([at('2026-01-01T02:00:00Z'), 'TooManyMissedTimes']);
  });
});

describe('cronDraft', () => {
  it('names the Job by its time, and tells the time in the zone of the CronJob', () => {
    const draft = cronDraft(cron({ timeZone: 'Asia/Shanghai' }), at('2026-01-01T02:00:00Z'));
    expect(draft.metadata).toMatchObject({
      name: `tick-${at('2026-01-01T02:00:00Z') / MINUTE}`,
      labels: { a: 'b' },
      annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-01-01T10:00:00+08:00' },
    });
  });
});

describe('history', () => {
  it('keeps the newest of each end', () => {
    const owner = cron({ successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 });
    const jobs = [
      jobOf(owner, 'new', 'Complete', '2026-01-01T02:00:00Z'),
      jobOf(owner, 'old', 'Complete'),
      jobOf(owner, 'failed', 'Failed'),
      jobOf(owner, 'running'),
    ];
    expect(superfluousJobs(owner, jobs).map((job) => job.metadata.name)).toEqual(['old', 'failed']);
    expect(cronStatus(owner, jobs, undefined)).toMatchObject({
      active: [{ name: 'running' }],
      lastSuccessfulTime: '2026-01-01T02:00:00Z',
    });
  });
});
