/** The kind DisruptionPolicy. */
import { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import { conditions, count, countOrPercent, labelSelector, list, ruled, time } from './field.ts';
import { DISRUPTION_POLICIES } from './resource-types.ts';

const share = () => z.number().min(0).max(1);

const nodeFailure = () =>
  z.strictObject({
    confirmations: list(z.enum(['Lease', 'PeerProbe']), 2)
      .default(['Lease', 'PeerProbe'])
      .describe('Signs that must all say that a host is dead. A deleted Node and the out-of-service taint need none.'),
    minDownSeconds: count().default(300).describe('So long they must have said so.'),
    maxNodesPerMinute: z.number().min(0).max(1000).default(1).describe('Hosts whose Pods are made anew in a minute.'),
    zoneThreshold: share().default(0.55).describe('From this share of dead hosts in a zone on, nothing is done there.'),
    clusterThreshold: share().default(0.3).describe('From this share of dead hosts on, nothing is done anywhere.'),
    action: z
      .enum(['Recreate', 'Hold'])
      .default('Recreate')
      .describe('Recreate: Pods of dead hosts are made anew elsewhere. Hold: a person decides.'),
  });

const window = () =>
  z.strictObject({
    schedule: z.string().min(1).max(200).describe('When it opens, as a cron pattern.'),
    durationMinutes: z.int32().min(1).max(10080).describe('How long it stays open.'),
    timeZone: z.string().max(100).default('UTC').describe('Of the pattern.'),
  });

const spec = () =>
  ruled(
    z.strictObject({
      selector: labelSelector().describe('The Pods that it is for, by their labels.'),
      nodeFailure: nodeFailure().prefault({}).describe('What happens when a host fails.'),
      maxUnavailable: countOrPercent()
        .default('20%')
        .describe('Pods that may be away at once, whatever takes them: a drain, a failure, a release.'),
      windows: list(window(), 20)
        .optional()
        .describe('Times in which Pods may be taken away by will; without it always. Failures know no windows.'),
      unhealthyPodEvictionPolicy: z
        .enum(['AlwaysAllow', 'IfHealthyBudget'])
        .default('AlwaysAllow')
        .describe('Whether a Pod that is not ready may always be evicted, so that it never blocks a drain.'),
    }),
    {
      rule: 'has(self.selector.matchLabels) && size(self.selector.matchLabels) > 0 || has(self.selector.matchExpressions) && size(self.selector.matchExpressions) > 0',
      message: 'must select something: an empty selector would take all Pods of the namespace',
      fieldPath: '.selector',
    },
  );

const record = () =>
  z.strictObject({
    node: z.string().describe('The host.'),
    verdict: z.enum(['Suspect', 'Confirmed', 'Recreated']).describe('How far it is.'),
    since: time().describe('Since when.'),
    pods: count().optional().describe('Pods of this policy that were there.'),
  });

const status = () =>
  z.strictObject({
    observedGeneration: z.int().optional().describe('The generation that this status is about.'),
    expected: count().optional().describe('Pods that there should be.'),
    healthy: count().optional().describe('Those that are ready.'),
    disruptionsAllowed: count().optional().describe('Pods that may be taken away now.'),
    nodes: list(record(), 200).optional().describe('Hosts under judgement.'),
    conditions: conditions().optional(),
  });

export type DisruptionPolicy = Custom<z.output<ReturnType<typeof spec>>, z.output<ReturnType<typeof status>>>;

export const disruptionPolicy: KindDefinition = {
  type: DISRUPTION_POLICIES,
  shortNames: ['dpol'],
  summary: 'What may happen to Pods when hosts fail or are drained.',
  about: `Pods of Groups tolerate that their host is silent, without end: a heartbeat that is late deletes nothing. This says when
a host counts as lost, and how fast its Pods are made anew elsewhere. It is also written down as a PodDisruptionBudget of
the same name, so that \`kubectl drain\` and whatever else evicts keeps to it. When too many hosts are dead at once, the
fault is likely elsewhere: nothing is done, and \`Held\` among the conditions says so.

Evictions ask the budget, and a Group charges to it, before it begins, each Pod that an update is about to take out of
service: its name stands among the budget's \`disruptedPods\` until the Pod is back. A drain and a release that begin at once
so share one allowance. A Group does that with every PodDisruptionBudget that selects its Pods, whoever made it; how many
Pods a release takes at once is still the Group's own \`maxUnavailable\`, also while the budget allows nothing.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Max unavailable', type: 'string', path: '.spec.maxUnavailable' },
    { name: 'Allowed', type: 'integer', path: '.status.disruptionsAllowed' },
    { name: 'Healthy', type: 'integer', path: '.status.healthy' },
    { name: 'Expected', type: 'integer', path: '.status.expected' },
    { name: 'Held', type: 'string', path: ".status.conditions[?(@.type=='Held')].status" },
    { name: 'Action', type: 'string', path: '.spec.nodeFailure.action', priority: 1 },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: policy.jdos.jd.com/v1alpha1
kind: DisruptionPolicy
metadata:
  name: web
spec:
  selector:
    matchLabels: { app: web }
  maxUnavailable: 1
  nodeFailure:
    minDownSeconds: 120
    maxNodesPerMinute: 2
`,
};
