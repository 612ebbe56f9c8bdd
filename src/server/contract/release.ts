import { z } from 'zod';
import { GROUP_PICTURE } from './group-picture.ts';

const STEP = z.object({
  name: z.string().nullable(),
  replicas: z.union([z.number(), z.string()]).nullable(),
  pods: z.array(z.string()),
  bakeSeconds: z.number(),
  pauseSeconds: z.number().nullable().describe('Null: until somebody approves'),
  checks: z.array(z.string()),
});

export const RELEASE_FACTS = z.object({
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  group: z.string(),
  createdAt: z.string(),
  phase: z.string(),
  ended: z.boolean(),
  at: z.number().describe('The step, from 1; one more than there are: all Pods'),
  stepState: z.string().nullable(),
  paused: z.boolean().describe('Somebody has paused it'),
  message: z.string().describe('Where it waits and why'),
  stable: z.string().nullable(),
  target: z.string().nullable(),
  updated: z.number(),
  expected: z.number(),
  replicas: z.number(),
  steps: z.array(STEP),
  checks: z.array(z.object({ name: z.string(), successes: z.number(), failures: z.number(), message: z.string() })),
  history: z.array(z.object({ time: z.string(), event: z.string(), message: z.string().optional() })),
});

export const RELEASE_PICTURE = GROUP_PICTURE.extend({ release: RELEASE_FACTS });

export type ReleaseStep = z.infer<typeof STEP>;
export type ReleaseFacts = z.infer<typeof RELEASE_FACTS>;
export type ReleasePicture = z.infer<typeof RELEASE_PICTURE>;
