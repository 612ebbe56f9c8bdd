/** What the controller says of a Group. */
import { z } from 'zod';
import { conditions, count, listMap, objectName } from './field.ts';

const instance = () =>
  z.strictObject({
    ordinal: count().describe('The replica.'),
    podName: objectName().describe('Its Pod.'),
    ip: z.string().optional().describe('The Pod’s address.'),
    node: z.string().optional().describe('Its host.'),
    revision: z.string().optional().describe('Short name of the revision it runs.'),
    state: z.string().optional().describe('Where it is in its life.'),
    lastAction: z.string().optional().describe('What was done to it last.'),
  });

/** More of them would make the object too large; each Pod tells the same of itself. */
export const MAX_INSTANCES = 500;

export const groupStatus = () =>
  z.strictObject({
    observedGeneration: z.int().optional().describe('The generation that this was judged on.'),
    replicas: count().optional().describe('Pods there are.'),
    readyReplicas: count().optional().describe('Pods in service.'),
    availableReplicas: count().optional().describe('Pods in service for minReadySeconds.'),
    updatedReplicas: count().optional().describe('Pods of the update revision.'),
    updatedReadyReplicas: count().optional().describe('Of these, in service.'),
    updatedAvailableReplicas: count().optional().describe('Of these, in service for minReadySeconds.'),
    expectedUpdatedReplicas: count().optional().describe('Pods that are to be of the update revision for now.'),
    currentRevision: z.string().optional().describe('The ControllerRevision that all Pods had last.'),
    updateRevision: z.string().optional().describe('The ControllerRevision that Pods are brought to.'),
    collisionCount: count().optional().describe('Names of revisions that were taken.'),
    labelSelector: z.string().optional().describe('The selector as text, for autoscalers.'),
    instances: listMap(instance(), ['ordinal'], MAX_INSTANCES)
      .optional()
      .describe(`The first ${MAX_INSTANCES} replicas.`),
    conditions: conditions().optional(),
  });
