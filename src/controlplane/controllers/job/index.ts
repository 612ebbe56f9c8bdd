/** Runs Pods to their end, as often as a Job asks for. */

import {
  BY_OWNER,
  claimDependents,
  createLoop,
  createPodControl,
  type Env,
  Expectations,
  gatherMs,
  isActive,
  isFinished,
  isNamespaceEnding,
  type Loop,
  managerOf,
  type Reconciled,
  requeue,
  sameStatus,
  slowStart,
  sooner,
  watchPodOwners,
  workloadSelector,
} from '../../../control/index.ts';
import { type batch, controllerOf, ifFound, JOBS, type Job, keyOf, PODS, type Pod } from '../../../kube/index.ts';
import { type Account, account } from './account.ts';
import { isTracked, jobPod, TRACKING } from './job-pod.ts';
import { type JobPlan, type JobPods, planJob } from './manage.ts';
import { RetryBackoff } from './retry-backoff.ts';
import { isOver, jobStatus, overCondition } from './status.ts';
import { judgeJob, untilDeadline } from './verdict.ts';

export function jobController(env: Env): Loop {
  const { client } = env;
  const jobs = env.caches.of(JOBS);
  const pods = env.caches.of(PODS);
  const recorder = env.recorder('job-controller');
  const expectations = new Expectations(env.clock);
  const control = createPodControl(client, recorder, expectations);
  const backoff = new RetryBackoff();
  const loop = createLoop(env, 'job', reconcile, 10);
  const orphans = createLoop(env, 'job-orphan-pods', freeOrphan);

  watchPodOwners({
    type: JOBS,
    owners: jobs,
    pods,
    loop,
    expectations,
    gatherMs: ({ spec }) => gatherMs(spec.parallelism ?? 1),
  });
  jobs.onChange({
    delete: (job) => {
      backoff.forget(job.metadata.uid);
      for (const pod of pods.byIndex(BY_OWNER, job.metadata.uid)) orphans.enqueue(keyOf(pod));
    },
  });
  pods.onChange({ add: tellOrphan, update: tellOrphan });
  return { start: (signal) => Promise.all([loop.start(signal), orphans.start(signal)]).then(() => undefined) };

  function tellOrphan(pod: Pod): void {
    if (isTracked(pod) && isOrphan(pod)) orphans.enqueue(keyOf(pod), 1000);
  }

  function isOrphan(pod: Pod): boolean {
    const owner = controllerOf(pod);
    return owner ? owner.kind === JOBS.kind && !managerOf(JOBS, jobs, pod, owner) : true;
  }

  /** A Pod whose Job has gone is held by nobody. */
  async function freeOrphan(key: string): Promise<void> {
    const pod = pods.get(key);
    if (pod && isTracked(pod) && isOrphan(pod)) await release(pod);
  }

  async function reconcile(key: string): Promise<Reconciled> {
    const job = jobs.get(key);
    if (!job) return undefined;
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== 'kubernetes.io/job-controller') return undefined;
    const own = await claimDependents({
      client,
      owner: job,
      ownerType: JOBS,
      selector: workloadSelector(job.spec.selector),
      dependents: pods,
      type: PODS,
      finalizer: TRACKING,
    });
    if (isOver(job)) return void (await Promise.all(own.filter(isTracked).map(release)));
    if (job.metadata.deletionTimestamp) return undefined;
    return step(job, own);
  }

  async function step(job: Job, own: readonly Pod[]): Promise<Reconciled> {
    const now = env.clock.now();
    const uid = job.metadata.uid;
    const groups: JobPods = {
      all: own,
      active: own.filter(isActive),
      terminating: own.filter((pod) => pod.metadata.deletionTimestamp !== undefined && !isFinished(pod)),
    };
    const first = account(job, own);
    const verdict = judgeJob(job, first, groups.active, now);
    const accounts = verdict ? account(job, own, verdict.outcome) : first;
    const stored = await writeStatus(job, jobStatus(job, groups, accounts, verdict, now));
    tellChanges(job, stored);
    backoff.note(uid, accounts.newlySucceeded, accounts.newlyFailed, now);
    await Promise.all(accounts.settled.map(release));
    const wait = expectations.waitOf(uid);
    if (wait > 0) return requeue(wait);
    if (verdict) return stop(job, groups.active);
    return run(job, groups, accounts, now);
  }

  /** The Pods of a Job that is over count as they are: their finalizers stay until they are accounted for. */
  async function stop(job: Job, active: readonly Pod[]): Promise<undefined> {
    const { error } = await slowStart(active.length, (i) => control.delete(job, active[i]!), { initial: 64 });
    if (error) throw error;
  }

  async function run(job: Job, groups: JobPods, accounts: Account, now: number): Promise<Reconciled> {
    const plan = planJob(job, groups, accounts, now);
    const wait = plan.create.length > 0 ? backoff.waitOf(job.metadata.uid, now) : 0;
    await carryOut(job, wait > 0 ? { ...plan, create: [] } : plan);
    return requeue(sooner(wait || undefined, untilDeadline(job, now)));
  }

  async function carryOut(job: Job, { create, remove }: JobPlan): Promise<void> {
    const removed = await slowStart(remove.length, async (i) => {
      await release(remove[i]!);
      await control.delete(job, remove[i]!);
    });
    const created = await slowStart(create.length, (i) => control.create(job, jobPod(job, create[i]!, env.random)));
    const error = removed.error ?? created.error;
    if (error && !isNamespaceEnding(error)) throw error;
  }

  async function release(pod: Pod): Promise<void> {
    if (!isTracked(pod)) return;
    const { namespace, name, uid, resourceVersion } = pod.metadata;
    const finalizers = pod.metadata.finalizers!.filter((finalizer) => finalizer !== TRACKING);
    const body = { metadata: { uid, resourceVersion, finalizers } };
    await ifFound(client.patch(PODS, name, { kind: 'merge', body }, { namespace }));
  }

  async function writeStatus(job: Job, status: batch.JobStatus): Promise<Job> {
    if (sameStatus(status, job.status)) return job;
    return client.replace(JOBS, { ...job, status }, { subresource: 'status' });
  }

  function tellChanges(before: Job, after: Job): void {
    const end = overCondition(after);
    if (end?.type === 'Complete') recorder.event(after, 'Normal', 'Completed', 'Job completed');
    else if (end) recorder.event(after, 'Warning', end.reason ?? '', end.message ?? '');
    const suspended = (job: Job) => job.status?.conditions?.find((c) => c.type === 'Suspended')?.status ?? 'False';
    if (suspended(before) === suspended(after)) return;
    if (suspended(after) === 'True') recorder.event(after, 'Normal', 'Suspended', 'Job suspended');
    else recorder.event(after, 'Normal', 'Resumed', 'Job resumed');
  }
}
