/** The kind PodRebuild. */
import { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import {
  conditions,
  count,
  countOrPercent,
  dnsLabel,
  listMap,
  objectName,
  reference,
  ruled,
  set,
  time,
} from './field.ts';
import { POD_REBUILDS } from './resource-types.ts';

const spec = () =>
  ruled(
    z.strictObject({
      groupRef: reference().optional().describe('The Group whose Pods are rebuilt.'),
      podNames: set(objectName(), 500).optional().describe('Only these Pods; without it all of the Group.'),
      containers: set(dnsLabel(), 32).optional().describe('Only these containers; without it all.'),
      strategy: z
        .strictObject({
          maxUnavailable: countOrPercent()
            .optional()
            .describe('Pods that may be out of service at once; without it the Group’s own limit.'),
          minStartedSeconds: count().default(0).describe('So long a container must have run to count as rebuilt.'),
        })
        .prefault({})
        .describe('How it is done.'),
      activeDeadlineSeconds: count().optional().describe('After so long what is not rebuilt is given up.'),
      ttlSecondsAfterFinished: count().optional().describe('So long the request is kept after its end.'),
    }),
    { rule: 'self == oldSelf', message: 'spec is immutable: make another PodRebuild' },
    {
      rule: 'has(self.groupRef) || has(self.podNames) && size(self.podNames) > 0',
      message: 'must name a Group or Pods',
    },
  );

const containerRecord = () =>
  z.strictObject({
    name: dnsLabel().describe('The container.'),
    containerID: z.string().optional().describe('The one to be replaced.'),
    restartCount: count().describe('How often it had been restarted then.'),
  });

const podRecord = () =>
  z.strictObject({
    podName: objectName().describe('The Pod.'),
    uid: z.string().describe('Its uid.'),
    phase: z.enum(['Pending', 'Rebuilding', 'Succeeded', 'Failed', 'Skipped']).describe('How far it is.'),
    message: z.string().optional().describe('Why, for people.'),
    containers: listMap(containerRecord(), ['name'], 32).optional().describe('The containers as they were.'),
  });

const status = () =>
  z.strictObject({
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed']).optional().describe('How far it is.'),
    total: count().optional().describe('Pods asked for.'),
    succeeded: count().optional().describe('Pods rebuilt, or found rebuilt already.'),
    failed: count().optional().describe('Pods that could not be.'),
    startTime: time().optional().describe('When it began.'),
    completionTime: time().optional().describe('When it ended.'),
    pods: listMap(podRecord(), ['podName'], 500)
      .optional()
      .describe('Each Pod, with its containers as they were before.'),
    conditions: conditions().optional(),
  });

export type PodRebuild = Custom<z.output<ReturnType<typeof spec>>, z.output<ReturnType<typeof status>>>;

export const podRebuild: KindDefinition = {
  type: POD_REBUILDS,
  shortNames: ['rebuild'],
  summary: 'A request to make the containers of some Pods anew, in the same Pods.',
  about: `The Pods keep their name, host, address and revision. Each is taken out of service before and is put back after. A
container that has restarted by itself since the request was first seen is not restarted again. Of one Pod one request
is carried out at a time; others wait.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Phase', type: 'string', path: '.status.phase' },
    { name: 'Pods', type: 'integer', path: '.status.total' },
    { name: 'Succeeded', type: 'integer', path: '.status.succeeded' },
    { name: 'Failed', type: 'integer', path: '.status.failed' },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: apps.jdos.jd.com/v1alpha1
kind: PodRebuild
metadata:
  name: web-anew
spec:
  groupRef: { name: web }
  strategy: { maxUnavailable: 1 }
  ttlSecondsAfterFinished: 3600
`,
};
