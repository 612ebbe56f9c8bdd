import { z } from 'zod';
import { LEVEL } from './inspection.ts';
import { listOf } from './page.ts';

const SHARE = z.number().describe('Of what it can take, 0 to 1 and above');

const RACKED_HOST = z.object({
  name: z.string(),
  ready: z.boolean(),
  cordoned: z.boolean(),
  status: z.string(),
  cpuShare: SHARE,
  memoryShare: SHARE,
  podShare: SHARE,
});

const RACK = z.object({
  zone: z.string(),
  rack: z.string(),
  hosts: listOf(RACKED_HOST).describe('By name, which is how they are numbered from below'),
});

const ZONE_COUNTS = z.object({ zone: z.string(), racks: z.number(), hosts: z.number() });

export const ALL_RACKS = z.object({ items: listOf(RACK), ageSeconds: z.number() });

export const RACK_PAGE = ALL_RACKS.extend({
  zones: listOf(ZONE_COUNTS),
  levels: z
    .record(z.string(), LEVEL)
    .describe('The worst of the newest inspection; hosts without an entry are healthy, or have not been inspected'),
});

export type RackedHost = z.infer<typeof RACKED_HOST>;
export type Rack = z.infer<typeof RACK>;
export type AllRacks = z.infer<typeof ALL_RACKS>;
export type RackPage = z.infer<typeof RACK_PAGE>;
