/** The kind IPAllocation. */
import { z } from 'zod';
import type { Custom, KindDefinition } from './definition.ts';
import { time } from './field.ts';
import { IP_ALLOCATIONS } from './resource-types.ts';

const spec = () =>
  z.strictObject({
    address: z.string().describe('The address in its usual spelling.'),
    pool: z.string().describe('The IPPool that it is from.'),
    claim: z
      .strictObject({
        namespace: z.string().describe('Its namespace.'),
        name: z.string().describe('Its name.'),
        uid: z.string().describe('Its uid.'),
      })
      .describe('The IPClaim that has it, or had it.'),
    rest: z
      .strictObject({
        until: time().describe('Then it is free.'),
        reason: z.enum(['Released', 'Conflict']).describe('Why nobody may have it now.'),
      })
      .optional()
      .describe('It rests: nobody has it, and only a claim of the same name may have it before the end.'),
    suspectSince: time().optional().describe('Since when its claim has been missed.'),
  });

export type IPAllocation = Custom<z.output<ReturnType<typeof spec>>, never>;

export const ipAllocation: KindDefinition = {
  type: IP_ALLOCATIONS,
  shortNames: ['ipa'],
  summary: 'One address that is out, and who has it.',
  about: `Its name is the address (IPv6 in full, with dashes), so the API server itself sees to it that no address is given out
twice, whoever gives them out and whenever they die. JDOS makes and deletes these; a pool’s addresses are all those for
which there is none.`,
  spec: spec(),
  columns: [
    { name: 'Address', type: 'string', path: '.spec.address' },
    { name: 'Pool', type: 'string', path: '.spec.pool' },
    { name: 'Namespace', type: 'string', path: '.spec.claim.namespace' },
    { name: 'Claim', type: 'string', path: '.spec.claim.name' },
    { name: 'Rests', type: 'string', path: '.spec.rest.reason' },
    { name: 'Age', type: 'date', path: '.metadata.creationTimestamp' },
  ],
  example: `apiVersion: network.jdos.jd.com/v1alpha1
kind: IPAllocation
metadata:
  name: 10.20.7.10
spec:
  address: 10.20.7.10
  pool: rack-7
  claim: { namespace: shop, name: web-0, uid: 6d9a3c0e-6a4f-4ab7-9a53-0d3f7d1c8f10 }
`,
};
