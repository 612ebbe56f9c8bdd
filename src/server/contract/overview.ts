import { z } from 'zod';
import { listOf } from './page.ts';

const ZONE = z.object({
  zone: z.string().nullable(),
  hosts: z.number(),
  ready: z.number(),
  cordoned: z.number(),
  cpu: z.number().describe('Cores'),
  memory: z.number().describe('Bytes'),
  pods: z.number(),
});

export const OVERVIEW = z.object({
  hosts: listOf(ZONE).describe('By zone, with what they can take'),
  pods: listOf(z.object({ phase: z.string().nullable(), ready: z.boolean().nullable(), pods: z.number() })),
  requested: listOf(ZONE.pick({ zone: true, cpu: true, memory: true, pods: true })).describe('By zone'),
  allocation: listOf(z.object({ tenth: z.number().nullable(), hosts: z.number() })).describe(
    'Hosts by tenth of their processor that is asked for',
  ),
  waiting: listOf(z.object({ reason: z.string().nullable(), pods: z.number() })),
  ageSeconds: z.number(),
});

export type Zone = z.infer<typeof ZONE>;
export type Overview = z.infer<typeof OVERVIEW>;
