/** A row of each list, as the live tables tell it: what nobody has said yet is null. */
import { z } from 'zod';
import { listOf, TIME } from './page.ts';

const text = () => z.string().nullable();
const number = () => z.number().nullable();

export const HOST_ROW = z.object({
  cluster: z.string(),
  name: z.string(),
  ip: text(),
  zone: text(),
  rack: text(),
  status: z.string(),
  diskType: z.string(),
  cpuModel: z.string(),
  ready: z.boolean().nullable(),
  unschedulable: z.boolean().nullable(),
  pods: z.number(),
  podsAllocatable: number(),
  cpuRequested: z.number(),
  cpuAllocatable: number(),
  memoryRequested: z.number(),
  memoryAllocatable: number(),
  cpuShare: number(),
  memoryShare: number(),
  kubelet: text(),
  kernel: text(),
  createdAt: TIME.nullable(),
});

const POD_KEY = { cluster: z.string(), namespace: z.string(), name: z.string() };

export const POD_ROW = z.object({
  ...POD_KEY,
  uid: text(),
  node: text(),
  ip: text(),
  phase: text(),
  reason: text(),
  ready: z.boolean().nullable(),
  restarts: number(),
  ownerKind: text(),
  application: text(),
  owner: text(),
  cpuRequest: number(),
  cpuLimit: number(),
  memoryRequest: number(),
  memoryLimit: number(),
  createdAt: TIME.nullable(),
});

export const PENDING_ROW = z.object({
  ...POD_KEY,
  owner: text(),
  reason: z.string(),
  message: z.string(),
  scheduler: text(),
  priority: number(),
  cpuRequest: number(),
  memoryRequest: number(),
  createdAt: TIME.nullable(),
});

export const APPLICATION_ROW = z.object({
  ...POD_KEY,
  kind: z.string(),
  owner: z.string().describe('Team or person; empty for nobody'),
  wished: z.number(),
  ready: z.number(),
  updated: z.number(),
  missing: z.number(),
  release: z.string().describe('The Release under way; empty for none'),
  createdAt: TIME.nullable(),
});

export const RELEASES_ROW = z.object({
  ...POD_KEY,
  group: text(),
  phase: z.string(),
  running: z.boolean(),
  step: text(),
  updated: text(),
  message: text(),
  createdAt: TIME.nullable(),
});

export function listPageOf<T extends z.ZodType>(row: T) {
  return z.object({
    items: listOf(row),
    total: z.number(),
    ageSeconds: z.number().describe('Since the stalest table behind it was known to be current'),
  });
}

export type HostRow = z.infer<typeof HOST_ROW>;
export type PodRow = z.infer<typeof POD_ROW>;
export type PendingRow = z.infer<typeof PENDING_ROW>;
export type ApplicationRow = z.infer<typeof APPLICATION_ROW>;
export type ListedRelease = z.infer<typeof RELEASES_ROW>;
