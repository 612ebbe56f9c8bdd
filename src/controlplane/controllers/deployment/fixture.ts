/** Deployments for tests. */

import { meta } from '../../../control/fixture.ts';
import type { apps, Deployment } from '../../../kube/index.ts';

export function deployment(
  spec: Partial<apps.DeploymentSpec> & { image?: string } = {},
  status?: apps.DeploymentStatus,
): Deployment {
  const { image = 'web:2', ...rest } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web'),
    spec: {
      replicas: 10,
      selector: { matchLabels: { app: 'web' } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } },
      ...rest,
    },
    ...(status && { status }),
  };
}
