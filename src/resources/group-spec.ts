/** What the owner of an application says of a Group. */
import { z } from 'zod';
import {
  count,
  dnsLabel,
  labelSelector,
  list,
  listMap,
  numberOr,
  podTemplate,
  reference,
  ruled,
  set,
} from './field.ts';
import { lifecycle, scaleStrategy, updateStrategy } from './update-strategy.ts';

const reserved = () => numberOr(/^[0-9]{1,9}(-[0-9]{1,9})?$/, 'a range like 3-5');

const naming = () =>
  z.strictObject({
    prefix: dnsLabel()
      .max(52)
      .optional()
      .describe('Pods are named PREFIX-ORDINAL; without it the Group’s name, cut where it is too long.'),
    startOrdinal: count().default(0).describe('The first ordinal.'),
    reserveOrdinals: list(reserved()).optional().describe('Ordinals that are left out: 3, or "7-9".'),
  });

const identity = () =>
  z.strictObject({
    node: z
      .enum(['Preferred', 'Required', 'Bind', 'None'])
      .default('Preferred')
      .describe(
        'Where a Pod that is made anew goes. Preferred: its last host if that has room. Required: there, and elsewhere ' +
          'only after localTimeoutSeconds. Bind: there without asking a scheduler. None: anywhere.',
      ),
    ip: z.enum(['Retain', 'None']).default('None').describe('Retain: a Pod that is made anew has the address it had.'),
    hostname: z.boolean().default(true).describe('The Pod’s hostname is its name.'),
    localTimeoutSeconds: count()
      .default(120)
      .describe('So long a Pod waits for its last host before it may run elsewhere.'),
  });

const network = () =>
  z.strictObject({
    driver: z.enum(['JDOS', 'Calico', 'KubeOVN', 'None']).default('JDOS').describe('Who assigns addresses.'),
    poolRef: reference().optional().describe('The IPPool that addresses come from.'),
    holdSeconds: count().default(600).describe('So long an address is kept for a Pod that is away.'),
    retention: z
      .enum(['Group', 'WhenScaled', 'Always'])
      .default('Group')
      .describe('Until when addresses are kept: the Group’s end, the end of the replica, or until released by hand.'),
  });

const staticConfig = () =>
  z.strictObject({
    name: dnsLabel().max(40).describe('Its name.'),
    mode: z
      .enum(['Hub', 'Immutable'])
      .default('Hub')
      .describe(
        'Hub: all revisions in one ConfigMap, changed by a rebuild in the Pod. Immutable: a ConfigMap for each revision, ' +
          'changed by making the Pod anew.',
      ),
    configMapRef: reference().describe('The ConfigMap that it is taken from.'),
    containers: set(dnsLabel(), 32).min(1).describe('The containers that see it.'),
    mountPath: z.string().min(1).max(512).regex(/^\//, 'expected an absolute path').describe('The directory.'),
    files: set(
      z
        .string()
        .min(1)
        .max(200)
        .regex(/^[-._a-zA-Z0-9]+$/),
      64,
    )
      .min(1)
      .describe('Keys of the ConfigMap that become files there.'),
  });

const mutableEnv = () =>
  z.strictObject({
    container: dnsLabel().describe('The container.'),
    names: set(z.string().min(1).max(128), 64)
      .min(1)
      .describe('Variables whose values are changed by a rebuild in the Pod.'),
  });

const disruption = () =>
  z.strictObject({
    policyRef: reference()
      .optional()
      .describe(
        'The DisruptionPolicy that is to judge failures of its hosts; the condition Protected says whether it selects the Pods.',
      ),
    tolerateNodeFailureSeconds: z
      .int32()
      .min(-1)
      .default(-1)
      .describe('So long Pods stay on a host that is not ready; -1: no taint of that kind ever evicts them.'),
  });

export const groupSpec = () =>
  ruled(
    z.strictObject({
      replicas: count().default(1).describe('How many Pods.'),
      selector: ruled(
        labelSelector(),
        { rule: 'self == oldSelf', message: 'selector is immutable' },
        {
          rule: 'has(self.matchLabels) && size(self.matchLabels) > 0 || has(self.matchExpressions) && size(self.matchExpressions) > 0',
          message: 'must select by at least one label',
        },
      ).describe('Which Pods are the Group’s; the template’s labels must fit.'),
      template: podTemplate(),
      naming: naming().prefault({}).describe('Names of Pods.'),
      identity: identity().prefault({}).describe('What a Pod that is made anew keeps.'),
      network: network().optional().describe('Where addresses come from.'),
      staticConfigs: listMap(staticConfig(), ['name'], 16)
        .optional()
        .describe('Configuration that stands still until a Pod is rebuilt.'),
      mutableEnv: listMap(mutableEnv(), ['container'], 32)
        .optional()
        .describe('Variables that may be changed without making Pods anew.'),
      updateStrategy: updateStrategy().prefault({}).describe('How Pods get a new revision.'),
      scaleStrategy: scaleStrategy().prefault({}).describe('How the number of Pods changes.'),
      lifecycle: lifecycle().optional().describe('Hooks that hold Pods at certain moments.'),
      disruption: disruption().prefault({}).describe('What happens when hosts fail.'),
      minReadySeconds: count().default(0).describe('So long a Pod must be ready to count as available.'),
      progressDeadlineSeconds: count().default(600).describe('Without progress for so long an update counts as stuck.'),
      revisionHistoryLimit: count().default(10).describe('Old revisions that are kept.'),
    }),
    {
      rule: '!has(self.selector.matchLabels) || self.selector.matchLabels.all(k, has(self.template.metadata) && has(self.template.metadata.labels) && k in self.template.metadata.labels && self.template.metadata.labels[k] == self.selector.matchLabels[k])',
      message: 'must carry the labels that selector.matchLabels asks for',
      fieldPath: '.template.metadata.labels',
    },
    {
      rule: 'self.progressDeadlineSeconds > self.minReadySeconds',
      message: 'must be greater than minReadySeconds',
      fieldPath: '.progressDeadlineSeconds',
    },
    {
      rule: "self.identity.ip != 'Retain' || has(self.network) && (self.network.driver == 'None' || has(self.network.poolRef))",
      message: 'identity.ip Retain needs network.poolRef',
      fieldPath: '.network',
    },
  );
