import { z } from 'zod';
import { GROUP_PICTURE } from './group-picture.ts';

export const SPREAD_ROW = z.object({
  zone: z.string(),
  rack: z.string(),
  pods: z.number(),
  ready: z.number(),
  hosts: z.number(),
});

export const RELEASE_ROW = z.object({
  name: z.string(),
  phase: z.string().nullable(),
  step: z.string().nullable(),
  updated: z.string().nullable(),
  message: z.string().nullable(),
  createdAt: z.string(),
});

const REVISION = z.object({ name: z.string(), revision: z.number(), images: z.string(), createdAt: z.string() });

export const GROUP_FACTS = GROUP_PICTURE.extend({
  uid: z.string(),
  replicas: z.number(),
  current: z.string().nullable().describe('The revision that it has'),
  releases: z.array(RELEASE_ROW).describe('Newest first'),
  revisions: z.array(REVISION).describe('Newest first'),
});

export type Spread = z.infer<typeof SPREAD_ROW>;
export type ReleaseRow = z.infer<typeof RELEASE_ROW>;
export type GroupFacts = z.infer<typeof GROUP_FACTS>;
