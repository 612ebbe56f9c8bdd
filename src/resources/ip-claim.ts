/** The kind IPClaim. */
import { z } from 'zod';
import { addresses, macAddress } from './address-field.ts';
import type { Custom, KindDefinition } from './definition.ts';
import { conditions, count, reference, time } from './field.ts';
import { IP_CLAIMS } from './resource-types.ts';

const spec = () =>
  z.strictObject({
    poolRef: reference().describe('The IPPool that addresses come from. After a change the next Pod gets them.'),
    ips: addresses().optional().describe('Exactly these, one of each family at most; without it any that are free.'),
    mac: macAddress().optional().describe('The MAC address that goes with them, for network plugins that set it.'),
    driver: z
      .enum(['JDOS', 'Calico', 'KubeOVN'])
      .default('JDOS')
      .describe('Who puts the addresses on the Pod: our plugin, or another that is told by annotations.'),
    retention: z
      .enum(['Group', 'WhenScaled', 'Always'])
      .default('Group')
      .describe('Until when the claim is kept, for whoever owns it: the Group’s end, the replica’s, or by hand.'),
    holdSeconds: count()
      .default(0)
      .describe('So long after the claim’s end its addresses rest, kept for a claim of the same name.'),
  });

const holder = () =>
  z.strictObject({
    podUID: z.string().describe('The Pod.'),
    containerID: z.string().describe('Its sandbox; empty where a network plugin of others made it.'),
    node: z.string().describe('Where it is.'),
    epoch: z.int().describe('Grows with each hand-over.'),
    network: z.string().optional().describe('The CNI network.'),
  });

const status = () =>
  z.strictObject({
    phase: z
      .enum(['Allocated', 'Bound', 'Held', 'Conflict'])
      .optional()
      .describe(
        'Allocated: not used yet. Bound: a Pod has them. Held: they wait for the next Pod. Conflict: somebody outside answers for one.',
      ),
    pool: z.string().optional().describe('The pool that they are from.'),
    ips: addresses().optional().describe('The addresses, IPv4 first.'),
    releasing: addresses().optional().describe('Addresses on their way back to the pool.'),
    holder: holder().optional().describe('Who has them, or had them last.'),
    lastNode: z.string().optional().describe('Where the last Pod was.'),
    boundAt: time().optional().describe('Since when the holder has them.'),
    conflicts: addresses().optional().describe('Addresses that somebody outside answered for.'),
    missingSince: time().optional().describe('Since when the holder’s Pod has been missed.'),
    conditions: conditions().optional(),
  });

export type IPClaim = Custom<z.output<ReturnType<typeof spec>>, z.output<ReturnType<typeof status>>>;
export type IPClaimStatus = NonNullable<IPClaim['status']>;

export const ipClaim: KindDefinition = {
  type: IP_CLAIMS,
  shortNames: ['ipc'],
  summary: 'The reservation of addresses by one Pod name; it outlives the Pod.',
  about: `A claim belongs to the Pod of its own name and namespace: whichever Pod has that name gets the addresses, on whichever
host. Groups make claims for their Pods; one can also be made by hand before a Pod of any kind. When a claim is deleted
its addresses go back to the pool once no Pod has them.`,
  spec: spec(),
  status: status(),
  columns: [
    { name: 'Phase', type: 'string', path: '.status.phase' },
    { name: 'IPs', type: 'string', path: '.status.ips[*]' },
    { name: 'Pool', type: 'string', path: '.status.pool' },
    { name: 'Node', type: 'string', path: '.status.lastNode' },
    { name: 'Reason', type: 'string', path: ".status.conditions[?(@.type=='Allocated')].reason", priority: 1 },
    { name: 'Retention', type: 'string', path: '.spec.retention', priority: 1 },
    { name: 'Epoch', type: 'integer', path: '.status.holder.epoch', priority: 1 },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: network.jdos.jd.com/v1alpha1
kind: IPClaim
metadata:
  name: web-0
spec:
  poolRef: { name: rack-7 }
`,
};
