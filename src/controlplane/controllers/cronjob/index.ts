/** Starts Jobs by the clock. */

import {
  BY_OWNER,
  createLoop,
  type Env,
  isNamespaceEnding,
  type Loop,
  type Reconciled,
  requeue,
  sameStatus,
  text,
  watchDependents,
} from '../../../control/index.ts';
import { CRON_JOBS, type CronJob, controllerOf, isStatus, JOBS, type Job, keyOf } from '../../../kube/index.ts';
import { cronDraft, cronStatus, jobEnd, planCronJob, superfluousJobs } from './plan.ts';

export function cronJobController(env: Env): Loop {
  const { client } = env;
  const crons = env.caches.of(CRON_JOBS);
  const jobs = env.caches.of(JOBS);
  const recorder = env.recorder('cronjob-controller');
  const loop = createLoop(env, 'cronjob', reconcile, 5);

  crons.onChange({ add: (cron) => loop.enqueue(keyOf(cron)), update: (cron) => loop.enqueue(keyOf(cron)) });
  watchDependents({ type: CRON_JOBS, owners: crons, dependents: jobs, concern: (key) => loop.enqueue(key) });
  return loop;

  async function reconcile(key: string): Promise<Reconciled> {
    const cron = crons.get(key);
    if (!cron || cron.metadata.deletionTimestamp) return undefined;
    const own = jobs.byIndex(BY_OWNER, cron.metadata.uid).filter((job) => controllerOf(job)?.uid === cron.metadata.uid);
    tellEnds(cron, own);
    const plan = planCronJob(cron, own, env.clock.now());
    for (const [type, reason, message] of plan.tell) recorder.event(cron, type, reason, message);
    for (const job of plan.replace ?? []) await remove(cron, job);
    const started = plan.start === undefined ? undefined : await start(cron, plan.start);
    const known = started && !own.some((job) => job.metadata.uid === started.metadata.uid) ? [...own, started] : own;
    await writeStatus(cron, known, plan.start);
    for (const job of superfluousJobs(cron, own)) await remove(cron, job);
    return requeue(plan.waitMs);
  }

  /** The status still lists as active what has ended since: the moment to tell. */
  function tellEnds(cron: CronJob, own: readonly Job[]): void {
    for (const { uid, name } of cron.status?.active ?? []) {
      const job = own.find((one) => one.metadata.uid === uid);
      const end = job && jobEnd(job);
      if (end) recorder.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end.type}`);
      else if (!job) recorder.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    }
  }

  async function start(cron: CronJob, scheduled: number): Promise<Job | undefined> {
    const draft = cronDraft(cron, scheduled);
    try {
      const job = await client.create(JOBS, draft);
      recorder.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
      return job;
    } catch (error) {
      if (isNamespaceEnding(error)) return undefined;
      if (isStatus(error, 'AlreadyExists'))
        return client.get(JOBS, draft.metadata.name!, { namespace: draft.metadata.namespace });
      recorder.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${text(error)}`);
      throw error;
    }
  }

  async function remove(cron: CronJob, { metadata }: Job): Promise<void> {
    const { namespace, name, uid } = metadata;
    try {
      await client.delete(JOBS, name, { namespace, propagationPolicy: 'Background', preconditions: { uid } });
      recorder.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    } catch (error) {
      if (isStatus(error, 'NotFound')) return;
      recorder.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${text(error)}`);
      throw error;
    }
  }

  async function writeStatus(cron: CronJob, own: readonly Job[], started: number | undefined): Promise<void> {
    const status = cronStatus(cron, own, started);
    if (sameStatus(status, cron.status)) return;
    await client.replace(CRON_JOBS, { ...cron, status }, { subresource: 'status' });
  }
}
