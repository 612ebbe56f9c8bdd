/** How a Group's Pods get a new revision. */
import { z } from 'zod';
import { count, countOrPercent, dnsLabel, labelSelector, list, objectName, ruled } from './field.ts';

const weightPriority = () =>
  z.strictObject({
    weight: z.int32().min(0).max(100).describe('Added up over the terms that match a Pod.'),
    matchSelector: labelSelector().describe('Which Pods the term is for.'),
  });

const priorityStrategy = () =>
  z.strictObject({
    weightPriority: list(weightPriority(), 20)
      .optional()
      .describe('Pods with a larger sum of weights are updated first.'),
    orderPriority: list(z.strictObject({ orderedKey: z.string().max(317).describe('A label.') }), 20)
      .optional()
      .describe('Pods with a larger number at the end of this label’s value are updated first.'),
  });

const scatterTerm = () =>
  z.strictObject({
    key: z.string().max(317).describe('A label of Pods.'),
    value: z.string().max(63).describe('Its value.'),
  });

const rebuild = () =>
  z.strictObject({
    trigger: z
      .enum(['ImageRef', 'RestartAll', 'Agent'])
      .default('ImageRef')
      .describe(
        'How containers are made anew. ImageRef: another spelling of the image. RestartAll: the whole Pod restarts in ' +
          'place, init containers too (Kubernetes 1.36). Agent: an agent on the host does it.',
      ),
    gracePeriodSeconds: count()
      .default(0)
      .describe('So long a Pod is out of service before its containers are touched.'),
    drain: z
      .enum(['EndpointAck', 'Grace', 'None'])
      .default('Grace')
      .describe(
        'How a Pod leaves service before. Grace: the grace period passes. EndpointAck: also every EndpointSlice says that ' +
          'it is not ready. None: it is not taken out.',
      ),
    skipDrainContainers: list(dnsLabel(), 32)
      .default([])
      .describe('A Pod stays in service while none but these containers change.'),
    containerOrder: list(dnsLabel(), 32)
      .default([])
      .describe('These containers are made anew one after the other, each ready before the next; then all others.'),
  });

const resize = () =>
  z.strictObject({
    whenInfeasible: z
      .enum(['Recreate', 'Wait', 'Fail'])
      .default('Recreate')
      .describe(
        'When the host cannot give what is asked: Recreate makes the Pod anew where there is room, Wait waits, Fail stops ' +
          'the update.',
      ),
    deferredTimeoutSeconds: count().default(600).describe('So long a resize that the host has put off is waited for.'),
  });

export const POLICIES = [
  'LocalIfPossible',
  'LocalOnly',
  'Recreate',
  'InPlaceIfPossible',
  'InPlaceOnly',
  'ReCreate',
] as const;

const rollingUpdate = () =>
  z.strictObject({
    partition: countOrPercent()
      .default(0)
      .describe('Pods kept at the old revision; a percentage is rounded up. Raising it takes Pods back.'),
    maxUnavailable: countOrPercent()
      .default('20%')
      .describe('Pods that may be out of service at once; a percentage is rounded down, to no less than 1.'),
    maxSurge: countOrPercent()
      .default(0)
      .describe('Pods beyond the replicas while some are made anew, with ordinals past the last; rounded up.'),
    podUpdatePolicy: z
      .enum(POLICIES)
      .default('LocalIfPossible')
      .describe(
        'LocalIfPossible: in the Pod where that can be, else made anew under its name. LocalOnly: what cannot be done in ' +
          'the Pod is refused. Recreate: always anew. The words InPlaceIfPossible, InPlaceOnly and ReCreate mean the same.',
      ),
    paused: z.boolean().default(false).describe('No further Pod is touched.'),
    priorityStrategy: priorityStrategy().optional().describe('Which Pods are updated first.'),
    scatterStrategy: list(scatterTerm(), 20)
      .optional()
      .describe('Pods with these labels are spread over the whole of the update.'),
    rebuild: rebuild().prefault({}).describe('How containers are made anew in their Pod.'),
    resize: resize().prefault({}).describe('How requests and limits are changed in the Pod.'),
  });

export const updateStrategy = () =>
  z.strictObject({
    type: z
      .enum(['RollingUpdate', 'OnDelete'])
      .default('RollingUpdate')
      .describe('OnDelete: a Pod gets the new revision when somebody deletes it.'),
    rollingUpdate: rollingUpdate().prefault({}).describe('For type RollingUpdate.'),
  });

const hook = () =>
  z.strictObject({
    labelsHandler: z
      .record(z.string(), z.string().max(63))
      .optional()
      .describe('The hook holds a Pod as long as it has all of these labels.'),
    finalizersHandler: list(z.string().max(317), 16)
      .optional()
      .describe('The hook holds a Pod as long as it has one of these finalizers.'),
    markPodNotReady: z.boolean().default(true).describe('Take the Pod out of service while the hook holds it.'),
  });

export const lifecycle = () =>
  z.strictObject({
    preNormal: ruled(hook(), {
      rule: '!has(self.finalizersHandler)',
      message: 'a new Pod is held by labels only; use labelsHandler',
    })
      .optional()
      .describe('Before a new or updated Pod gets into service: it must have all labels of the hook.'),
    preUpdate: hook().optional().describe('Before a Pod is updated.'),
    preDelete: hook().optional().describe('Before a Pod is deleted.'),
  });

export const scaleStrategy = () =>
  z.strictObject({
    podsToDelete: list(objectName(), 500)
      .optional()
      .describe('Pods that go first when there are too many; their ordinals are not used while they stand here.'),
    maxUnavailable: countOrPercent()
      .optional()
      .describe('Pods that may be out of service because of scaling; without it there is no limit.'),
    scaleDownPolicy: z
      .enum(['HighestOrdinal', 'DeletionCost'])
      .default('HighestOrdinal')
      .describe('Which Pods go: those with the highest ordinals, or those that are missed least.'),
  });
