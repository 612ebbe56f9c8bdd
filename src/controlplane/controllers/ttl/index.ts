/** Deletes Jobs that have ended and outlived their `ttlSecondsAfterFinished`. */

import { createLoop, type Env, type Loop, type Reconciled, requeue } from '../../../control/index.ts';
import { ifFound, JOBS, type Job, keyOf } from '../../../kube/index.ts';

/** Milliseconds until the Job may go; undefined when it is not to go by itself. */
export function untilExpiry(job: Job, now: number): number | undefined {
  const { ttlSecondsAfterFinished } = job.spec;
  const end = job.status?.conditions?.find(
    (c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True',
  );
  if (ttlSecondsAfterFinished === undefined || !end?.lastTransitionTime || job.metadata.deletionTimestamp)
    return undefined;
  return Date.parse(end.lastTransitionTime) + ttlSecondsAfterFinished * 1000 - now;
}

export function ttlController(env: Env): Loop {
  const jobs = env.caches.of(JOBS);
  const loop = createLoop(env, 'ttl-after-finished', reconcile);
  const tell = (job: Job) => {
    const wait = untilExpiry(job, env.clock.now());
    if (wait !== undefined) loop.enqueue(keyOf(job), Math.max(0, wait));
  };
  jobs.onChange({ add: tell, update: tell });
  return loop;

  async function reconcile(key: string): Promise<Reconciled> {
    const job = jobs.get(key);
    const wait = job && untilExpiry(job, env.clock.now());
    if (!job || wait === undefined) return undefined;
    if (wait > 0) return requeue(wait);
    const { namespace, name, uid, resourceVersion } = job.metadata;
    const preconditions = { uid, resourceVersion };
    await ifFound(env.client.delete(JOBS, name, { namespace, propagationPolicy: 'Foreground', preconditions }));
    return undefined;
  }
}
