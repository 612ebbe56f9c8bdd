import { z } from 'zod';
import { POD_PARTS } from '../../groups/vocabulary.ts';

const PART = z.enum(POD_PARTS);

/** Each Pod of a Group on its way from one revision to another. */
export const PICTURED_POD = z.object({
  name: z.string(),
  part: PART,
  state: z.string(),
  revision: z.string(),
  reason: z.string(),
  ready: z.boolean(),
  ip: z.string().nullable(),
  host: z.string().nullable(),
  zone: z.string().nullable(),
  rack: z.string().nullable(),
});

export const GROUP_PICTURE = z.object({
  counts: z.partialRecord(PART, z.number()).describe('Of all Pods'),
  pods: z.array(PICTURED_POD).describe('The first ones by ordinal'),
});

export type PicturedPod = z.infer<typeof PICTURED_POD>;
export type GroupPicture = z.infer<typeof GROUP_PICTURE>;
