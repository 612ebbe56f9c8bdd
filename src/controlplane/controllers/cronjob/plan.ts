/** What a CronJob should do now. */

import { controllerReference } from '../../../control/index.ts';
import { type batch, CRON_JOBS, type CronJob, type Draft, type Job, rfc3339 } from '../../../kube/index.ts';
import { dueBetween, parseSchedule } from './schedule.ts';

export interface CronPlan {
  /** The time for which to start a Job now. */
  readonly start?: number;
  /** Jobs to stop before that. */
  readonly replace?: readonly Job[];
  /** Events to tell. */
  readonly tell: readonly (readonly ['Normal' | 'Warning', string, string])[];
  /** Milliseconds until the next time. */
  readonly waitMs?: number;
}

const SCHEDULED_FOR = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export function jobEnd(job: Job): batch.JobCondition | undefined {
  return job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True');
}

export function planCronJob(cron: CronJob, jobs: readonly Job[], now: number): CronPlan {
  const { schedule: text, timeZone, suspend, startingDeadlineSeconds, concurrencyPolicy } = cron.spec;
  if (cron.metadata.deletionTimestamp || suspend) return { tell: [] };
  const schedule = readSchedule(text, timeZone);
  if (typeof schedule === 'string') return { tell: [['Warning', 'UnparseableSchedule', schedule]] };
  const last = Date.parse(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
  const horizon = startingDeadlineSeconds === undefined ? last : now - startingDeadlineSeconds * 1000;
  const { scheduled, missed } = dueBetween(schedule, Math.max(last, horizon), now);
  const next = schedule.next(now);
  const wait = next === undefined ? {} : { waitMs: next - now + 100 };
  const tell: (readonly ['Normal' | 'Warning', string, string])[] = [];
  if (missed > 100) tell.push(['Warning', 'TooManyMissedTimes', TOO_MANY]);
  if (scheduled === undefined) return { tell, ...wait };
  const running = jobs.filter((job) => !jobEnd(job));
  if (running.length > 0 && concurrencyPolicy === 'Forbid') {
    return { tell: [...tell, ['Normal', 'JobAlreadyActive', ALREADY_ACTIVE]], ...wait };
  }
  const replace = concurrencyPolicy === 'Replace' ? { replace: running } : {};
  return { start: scheduled, ...replace, tell, ...wait };
}

const TOO_MANY =
  'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew: only the latest one is made up for';
const ALREADY_ACTIVE = 'Not starting job because prior execution is running and concurrency policy is Forbid';

/** Names are made of the time, so that one time gives one Job however often it is tried. */
export function cronDraft(cron: CronJob, scheduled: number): Draft<Job> {
  const { metadata, spec } = cron.spec.jobTemplate;
  const { timeZone } = cron.spec;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cron.metadata.name}-${Math.floor(scheduled / 60_000)}`,
      namespace: cron.metadata.namespace,
      labels: { ...metadata?.labels },
      annotations: { ...metadata?.annotations, [SCHEDULED_FOR]: timestamp(scheduled, timeZone) },
      ownerReferences: [controllerReference(cron, CRON_JOBS)],
    },
    spec: structuredClone(spec) as Job['spec'],
  };
}

/** Ended Jobs beyond the history limits, oldest first. */
export function superfluousJobs(cron: CronJob, jobs: readonly Job[]): Job[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec;
  const beyond = (type: string, limit: number) => {
    const ended = jobs.filter((job) => jobEnd(job)?.type === type).toSorted((a, b) => startOf(a) - startOf(b));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...beyond('Complete', successfulJobsHistoryLimit), ...beyond('Failed', failedJobsHistoryLimit)];
}

export function cronStatus(cron: CronJob, jobs: readonly Job[], started: number | undefined): batch.CronJobStatus {
  const active = jobs.filter((job) => !jobEnd(job));
  const successes = jobs
    .filter((job) => jobEnd(job)?.type === 'Complete' && job.status?.completionTime)
    .map((job) => Date.parse(job.status!.completionTime!));
  const before = cron.status?.lastSuccessfulTime ? [Date.parse(cron.status.lastSuccessfulTime)] : [];
  const last = Math.max(...successes, ...before);
  const lastScheduleTime = started === undefined ? cron.status?.lastScheduleTime : rfc3339(started);
  return {
    ...(active.length > 0 && { active: active.map(referenceTo) }),
    ...(lastScheduleTime && { lastScheduleTime }),
    ...(Number.isFinite(last) && { lastSuccessfulTime: rfc3339(last) }),
  };
}

function readSchedule(text: string, timeZone: string | undefined) {
  try {
    return parseSchedule(text, timeZone);
  } catch (error) {
    return `unparseable schedule: "${text}" : ${(error as Error).message}`;
  }
}

function startOf(job: Job): number {
  return Date.parse(job.status?.startTime ?? job.metadata.creationTimestamp);
}

function referenceTo({ metadata }: Job) {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { kind: 'Job', apiVersion: 'batch/v1', namespace, name, uid, resourceVersion };
}

/** RFC 3339 in the CronJob's zone. */
function timestamp(ms: number, timeZone = 'Etc/UTC'): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms);
  const name = parts.find((part) => part.type === 'timeZoneName')!.value.replace('GMT', '') || 'Z';
  if (name === 'Z') return rfc3339(ms);
  const minutes = (name.startsWith('-') ? -1 : 1) * (Number(name.slice(1, 3)) * 60 + Number(name.slice(4, 6)));
  return rfc3339(ms + minutes * 60_000).replace('Z', name);
}
