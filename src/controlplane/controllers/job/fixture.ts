/** Jobs and their Pods for tests. */

import { meta, type PodFixture, pod } from '../../../control/fixture.ts';
import type { batch, Job, Pod } from '../../../kube/index.ts';
import { INDEX, TRACKING } from './job-pod.ts';

export function job(spec: Partial<batch.JobSpec> = {}, status?: batch.JobStatus): Job {
  return {
    metadata: meta('sum'),
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      template: { spec: { containers: [{ name: 'main', image: 'sum:1' }], restartPolicy: 'Never' } },
      ...spec,
    },
    ...(status && { status }),
  };
}

export function worker(fixture: PodFixture & { index?: number; free?: boolean; exitCode?: number } = {}): Pod {
  const { index, free, exitCode, ...rest } = fixture;
  const made = pod({
    ...rest,
    metadata: {
      ...(!free && { finalizers: [TRACKING] }),
      ...(index !== undefined && { annotations: { [INDEX]: String(index) } }),
      ...rest.metadata,
    },
  });
  if (exitCode !== undefined) made.status!.containerStatuses![0]!.state = { terminated: { exitCode } };
  return made;
}
