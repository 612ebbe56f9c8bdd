/** A check that is a command: a Job of its own for each try. */
import { createHash } from 'node:crypto';
import { controllerReference } from '../../control/index.ts';
import { type Draft, ifFound, isStatus, JOBS, type Job, type KubeClient } from '../../kube/index.ts';
import { RELEASES } from '../../resources/index.ts';
import { recordOf } from './check-state.ts';
import type { Check, CheckResult, Release } from './seen.ts';

const KEEP_SECONDS = 3600;
const CHECK = 'apps.jdos.jd.com/release-check';

/** Undefined while it runs. The same try has the same name, so that it runs once whoever asks again. */
export async function tryJob(client: KubeClient, release: Release, check: Check): Promise<CheckResult | undefined> {
  const { namespace } = release.metadata;
  const name = jobName(release, check);
  const job = await ifFound(client.get(JOBS, name, { namespace: namespace ?? '' }));
  if (!job) {
    await client.create(JOBS, draftOf(release, check, name)).catch(ignoreExisting);
    return undefined;
  }
  const end = job.status?.conditions?.find(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  if (!end) return undefined;
  const ok = end.type === 'Complete';
  const why = end.message ?? end.reason ?? '';
  return { check: check.name, ok, message: `Job ${name} ${ok ? 'ended well' : `failed: ${why}`}` };
}

export function jobName({ metadata, status }: Release, check: Check): string {
  const { successes, failures } = recordOf(status?.checks, check.name);
  const place = [metadata.uid, status?.run, status?.currentStepIndex, check.name, status?.stateTime].join('/');
  const hash = createHash('sha256').update(place).digest('hex').slice(0, 8);
  return `${metadata.name.slice(0, 40).replace(/[.-]+$/, '')}-${hash}-${successes + failures + 1}`;
}

function draftOf(release: Release, { name: checkName, job, timeoutSeconds }: Check, name: string): Draft<Job> {
  const { image = '', command, args, env, serviceAccountName } = job ?? {};
  const labels = { [CHECK]: checkName };
  return {
    metadata: {
      name,
      namespace: release.metadata.namespace ?? '',
      labels,
      ownerReferences: [controllerReference(release, RELEASES)],
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: timeoutSeconds,
      ttlSecondsAfterFinished: KEEP_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          ...(serviceAccountName && { serviceAccountName }),
          containers: [
            {
              name: 'check',
              image,
              ...(command && { command: [...command] }),
              ...(args && { args: [...args] }),
              ...(env && { env: env.map((one) => ({ ...one })) }),
            },
          ],
        },
      },
    },
  };
}

function ignoreExisting(error: unknown): void {
  if (!isStatus(error, 'AlreadyExists')) throw error;
}
