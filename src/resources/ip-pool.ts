/** The kind IPPool. */
import { z } from 'zod';
import { blockFields } from './address-field.ts';
import type { Custom, KindDefinition } from './definition.ts';
import { conditions, count, labelSelector, labels, ruled } from './field.ts';
import { IP_POOLS } from './resource-types.ts';

const spec = () =>
  ruled(
    z.strictObject({
      ...blockFields(),
      dualStack: z
        .strictObject(blockFields())
        .optional()
        .describe('The network of the other family: each claim then gets an address of both.'),
      vlan: z.int32().min(0).max(4094).optional().describe('The VLAN of this network; for people and network plugins.'),
      nodeSelector: labels().optional().describe('Labels of the nodes that reach this network; without it all.'),
      namespaceSelector: labelSelector().optional().describe('Namespaces whose claims may use it; without it all.'),
      groupSelector: labelSelector()
        .optional()
        .describe('Labels of the claims that may use it: a Group passes its own on; without it all.'),
      disable: z.boolean().default(false).describe('Give out no more; what is out stays.'),
    }),
    {
      rule: 'self.subnet == oldSelf.subnet',
      message: 'subnet is immutable: make another pool and move claims to it',
      fieldPath: '.subnet',
    },
  );

const status = () =>
  z.strictObject({
    observedGeneration: z.int().optional().describe('The generation that this status is about.'),
    total: z.int().optional().describe('Addresses that it can give out; of a dual-stack pool the smaller number.'),
    allocated: count().optional().describe('Addresses that are out.'),
    held: count().optional().describe('Those of them that no Pod has now.'),
    conditions: conditions().optional(),
  });

export type IPPool = Custom<z.output<ReturnType<typeof spec>>, z.output<ReturnType<typeof status>>>;

export const ipPool: KindDefinition = {
  type: IP_POOLS,
  shortNames: ['ipp'],
  summary: 'Addresses that Pods get and keep.',
  about: `An address is given to an IPClaim, not to a Pod, and stays with it while Pods come and go. Which addresses are out is
told by the IPAllocations, one for each. Ranges may be widened and narrowed at any time: an address that is no longer in
them stays with its Pod, and the Pod that comes after gets another. \`Ready\` among the conditions says whether the pool
can be used, and why not.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Subnet', type: 'string', path: '.spec.subnet' },
    { name: 'Second', type: 'string', path: '.spec.dualStack.subnet', priority: 1 },
    { name: 'Total', type: 'integer', path: '.status.total' },
    { name: 'Allocated', type: 'integer', path: '.status.allocated' },
    { name: 'Held', type: 'integer', path: '.status.held' },
    { name: 'Ready', type: 'string', path: ".status.conditions[?(@.type=='Ready')].status" },
    { name: 'Disabled', type: 'boolean', path: '.spec.disable', priority: 1 },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: network.jdos.jd.com/v1alpha1
kind: IPPool
metadata:
  name: rack-7
spec:
  subnet: 10.20.7.0/24
  ranges: [10.20.7.10-10.20.7.200]
  excludeIPs: [10.20.7.77]
  gateway: 10.20.7.1
  vlan: 107
  nodeSelector: { jdos.jd.com/rack: r7 }
`,
};
