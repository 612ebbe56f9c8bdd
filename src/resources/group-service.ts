/** GroupService: a Service whose Pods are chosen by a whole label selector, and whose endpoints are guarded. */
import { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import { conditions, count, dnsLabel, extended, labelSelector, list, ruled } from './field.ts';
import { GROUP_SERVICES } from './resource-types.ts';

const percent = () => z.string().regex(/^(100|[0-9]{1,2})%$/, 'expected a percentage like 30%');

const portOrName = () =>
  extended(z.union([z.int32().min(1).max(65535), z.string().min(1).max(15)]), { 'x-kubernetes-int-or-string': true });

const port = () =>
  z.strictObject({
    name: dnsLabel().optional().describe('Its name; needed when there are several.'),
    port: z.int32().min(1).max(65535).describe('Where the Service listens.'),
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP').describe('The protocol.'),
    targetPort: portOrName().optional().describe('The port of the Pod, or its name there; without it the same port.'),
    nodePort: z.int32().min(1).max(65535).optional().describe('The port of every host, for NodePort and LoadBalancer.'),
    appProtocol: z.string().max(253).optional().describe('What is spoken, as a hint.'),
  });

const endpointPolicy = () =>
  z.strictObject({
    panicThreshold: percent()
      .default('50%')
      .describe('With fewer ready endpoints than this, losses that are the fault of hosts are not believed any more.'),
    suspectThreshold: percent()
      .default('30%')
      .describe('While so many Pods are on silent hosts they stay, for as long as it lasts.'),
    holdSeconds: count()
      .default(300)
      .describe('So long a Pod whose host is silent stays, unless there is evidence that the host is lost.'),
    panicMode: z
      .enum(['LastGood', 'All', 'None'])
      .default('LastGood')
      .describe(
        'Below the panic threshold. LastGood: what was ready stays, but for Pods that are unready by themselves. All: every ' +
          'Pod is published. None: endpoints go.',
      ),
  });

const spec = () =>
  ruled(
    z.strictObject({
      selector: ruled(labelSelector(), {
        rule: 'has(self.matchLabels) && size(self.matchLabels) > 0 || has(self.matchExpressions) && size(self.matchExpressions) > 0',
        message: 'must select by at least one label',
      }).describe('Which Pods of the namespace serve.'),
      ports: list(port(), 100).default([]).describe('The ports of the Service.'),
      type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).default('ClusterIP').describe('As of a Service.'),
      clusterIP: z.string().max(64).optional().describe('A wish for an address; None for a headless Service.'),
      ipFamilies: list(z.enum(['IPv4', 'IPv6']), 2)
        .optional()
        .describe('As of a Service.'),
      ipFamilyPolicy: z
        .enum(['SingleStack', 'PreferDualStack', 'RequireDualStack'])
        .default('SingleStack')
        .describe('As of a Service.'),
      loadBalancerClass: z.string().max(317).optional().describe('Which load balancer is to serve it.'),
      allocateLoadBalancerNodePorts: z
        .boolean()
        .default(true)
        .describe('With false a load balancer that speaks to Pods directly takes no ports of hosts.'),
      externalTrafficPolicy: z.enum(['Cluster', 'Local']).default('Cluster').describe('As of a Service.'),
      internalTrafficPolicy: z.enum(['Cluster', 'Local']).default('Cluster').describe('As of a Service.'),
      sessionAffinity: z.enum(['None', 'ClientIP']).default('None').describe('As of a Service.'),
      publishNotReadyAddresses: z.boolean().default(false).describe('Publish every Pod as ready, whatever it says.'),
      endpointPolicy: endpointPolicy().prefault({}).describe('How endpoints are guarded against lost sight of hosts.'),
    }),
    {
      rule: "size(self.ports) > 0 || has(self.clusterIP) && self.clusterIP == 'None'",
      message: 'must have at least one port, unless the Service is headless',
      fieldPath: '.ports',
    },
    {
      rule: 'size(self.ports) < 2 || self.ports.all(p, has(p.name) && self.ports.exists_one(q, has(q.name) && q.name == p.name))',
      message: 'of several ports each must have a name of its own',
      fieldPath: '.ports',
    },
    {
      rule: "!has(self.clusterIP) || self.clusterIP != 'None' || self.type == 'ClusterIP'",
      message: 'a headless Service must be of type ClusterIP',
      fieldPath: '.type',
    },
    {
      rule: '!has(oldSelf.clusterIP) || has(self.clusterIP) && self.clusterIP == oldSelf.clusterIP',
      message: 'clusterIP is immutable once it is set',
      fieldPath: '.clusterIP',
    },
    {
      rule: "!has(self.loadBalancerClass) || self.type == 'LoadBalancer'",
      message: 'may only be used with type LoadBalancer',
      fieldPath: '.loadBalancerClass',
    },
  );

const status = () =>
  z.strictObject({
    observedGeneration: z.int().optional().describe('The generation that this was judged on.'),
    clusterIP: z.string().optional().describe('The address of the Service.'),
    loadBalancer: list(z.string(), 16).optional().describe('Addresses or names that a load balancer has given it.'),
    total: count().optional().describe('Pods with an address that the selector chose.'),
    ready: count().optional().describe('Pods published as ready, those held among them.'),
    held: count().optional().describe('Pods published as ready although the cluster calls them unready.'),
    conditions: conditions().optional(),
  });

export type GroupServiceSpec = z.output<ReturnType<typeof spec>>;
export type GroupService = Custom<GroupServiceSpec, z.output<ReturnType<typeof status>>>;

export const groupService: KindDefinition = {
  type: GROUP_SERVICES,
  shortNames: ['gsvc'],
  categories: ['all'],
  summary:
    'A Service that chooses its Pods by sets of labels, and keeps its endpoints when the cluster loses sight of hosts.',
  about: `It makes a Service of its own name, without a selector, and writes that Service's EndpointSlices itself, under the
manager \`groupservice.jdos.jd.com\`. On the same Pods they are equal to those that Kubernetes makes, but for Pods that are
called unready because their host is silent.

A Pod that says of itself that it is unready leaves at once. A Pod whose containers are ready and whose gates are open, and
which is nevertheless called unready, has been judged by somebody who cannot see it: it stays for \`holdSeconds\`; without
limit while \`suspectThreshold\` of the Pods, 55 % of its zone's hosts or 30 % of all hosts are silent; and it goes early when
there is evidence that its host is lost: the Node is deleted or tainted \`node.kubernetes.io/out-of-service\`, or its condition
\`jdos.jd.com/PeerReachable\` is False. No more than a tenth of the Pods is taken away within a minute because of hosts.

The condition \`EndpointsHeld\` and the metric \`jdos_services_held_endpoints\` tell how many Pods are published against the
cluster's word; the event \`NodeStuck\` names a Pod whose host is back while nobody has called the Pod ready again.

A Service of the same name that somebody else made is left alone, and the condition \`ServiceReady\` says so.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Type', type: 'string', path: '.spec.type' },
    { name: 'Cluster-IP', type: 'string', path: '.status.clusterIP' },
    { name: 'Ready', type: 'integer', path: '.status.ready' },
    { name: 'Pods', type: 'integer', path: '.status.total' },
    { name: 'Held', type: 'integer', path: '.status.held' },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: apps.jdos.jd.com/v1alpha1
kind: GroupService
metadata:
  name: web
spec:
  selector:
    matchExpressions:
      - { key: app, operator: In, values: [web, web-canary] }
      - { key: env, operator: NotIn, values: [dev] }
  ports:
    - { port: 80, targetPort: 8080 }
`,
};
