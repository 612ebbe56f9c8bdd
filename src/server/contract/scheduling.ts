import { z } from 'zod';
import { listOf } from './page.ts';

const FREE = z.object({
  hosts: z.number(),
  cpu: z.number().nullable(),
  memory: z.number().nullable(),
  mostCpu: z.number().nullable().describe('On one host'),
  mostMemory: z.number().nullable(),
});

const FIT = z.object({
  cpu: z.number().describe('Cores'),
  memory: z.number().describe('Bytes'),
  fits: z.number().describe('Pods of this size that would still find a host'),
  hosts: z.number(),
  lostCpu: z.number().describe('Left over on hosts after that'),
  lostMemory: z.number(),
});

export const FIT_PAGE = z.object({ free: FREE, items: listOf(FIT), ageSeconds: z.number() });

const SCORE = z.object({ plugin: z.string(), normalized: z.number(), weight: z.number() });

export const EXPLANATION_PAGE = z.object({
  pod: z.string(),
  hosts: z.number(),
  everywhere: listOf(z.string()).describe('Why it fits nowhere, whatever the host'),
  reasons: listOf(z.object({ reason: z.string(), hosts: z.number() })).describe('The most frequent first'),
  fits: z.number(),
  fit: listOf(z.object({ node: z.string(), total: z.number(), scores: listOf(SCORE) })),
  refused: listOf(z.object({ node: z.string(), reasons: listOf(z.string()) })),
});

export type Fit = z.infer<typeof FIT>;
export type FitPage = z.infer<typeof FIT_PAGE>;
export type ExplanationPage = z.infer<typeof EXPLANATION_PAGE>;
