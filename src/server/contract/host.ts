/** One host: its life, the verdicts on it, what inspections found, and what it may become. */
import { z } from 'zod';
import { HOST_STATUSES, SAYINGS, VERDICTS, WITNESSES } from '../../nodes/vocabulary.ts';
import { LEVEL, LEVEL_COUNTS } from './inspection.ts';
import { itemsOf, listOf, MOMENT, pageOf } from './page.ts';

export const HOST_STATUS = z.enum(HOST_STATUSES);

export const HOST_LIFE = z.object({
  host: z.string(),
  status: HOST_STATUS,
  version: z.number(),
  since: MOMENT,
  actor: z.string(),
  reason: z.string(),
  operation: z.string().optional().describe('The operation that holds the host'),
  pinned: z.boolean().describe('Changed too often: only a person may change it'),
});

const INVENTORY = z.object({
  bmcIp: z.string().optional(),
  serial: z.string().optional(),
  owner: z.string().optional(),
});

export const HOST_BOOK_PAGE = z.object({ state: HOST_LIFE.nullable(), inventory: INVENTORY.nullable() });

const TRANSITION = z.object({
  id: z.number(),
  at: MOMENT,
  from: HOST_STATUS.optional(),
  to: HOST_STATUS,
  actor: z.string(),
  reason: z.string(),
  operation: z.string().optional(),
});

export const TRANSITION_PAGE = pageOf(TRANSITION);

const EVIDENCE = z.object({
  witness: z.enum(WITNESSES),
  says: z.enum(SAYINGS),
  detail: z.string(),
  at: MOMENT,
});

const VERDICT = z.object({
  at: MOMENT,
  verdict: z.enum(VERDICTS),
  evidence: listOf(EVIDENCE),
  blind: z.string().optional(),
});

export const VERDICT_LIST = itemsOf(VERDICT);

const FINDING = z.object({ check: z.string(), level: LEVEL, name: z.string(), message: z.string() });

const HOST_INSPECTION = z.object({
  run: z.object({ id: z.number(), startedAt: MOMENT }),
  counts: LEVEL_COUNTS,
  findings: listOf(FINDING).describe('Everything but info'),
});

export const HOST_INSPECTION_PAGE = pageOf(HOST_INSPECTION);

const MOVE = z.object({
  to: HOST_STATUS,
  missing: listOf(z.string()).describe('In words, what is not there yet; a person may say that it need not be'),
  undo: z.boolean().describe('The table leads straight back from there'),
  effects: z.object({
    unschedulable: z.boolean(),
    addedTaints: listOf(z.string()),
    removedTaints: listOf(z.string()),
  }),
});

export const MOVES_PAGE = z.object({
  state: HOST_LIFE,
  known: z.boolean().describe('Whether the book knows the host'),
  moves: listOf(MOVE).describe('None while an operation holds it'),
});

export const MOVED = z.object({ before: HOST_LIFE, after: HOST_LIFE });

export type Status = z.infer<typeof HOST_STATUS>;
export type HostBookPage = z.infer<typeof HOST_BOOK_PAGE>;
export type Transition = z.infer<typeof TRANSITION>;
export type TransitionPage = z.infer<typeof TRANSITION_PAGE>;
export type Verdict = z.infer<typeof VERDICT>;
export type HostInspection = z.infer<typeof HOST_INSPECTION>;
export type HostInspectionPage = z.infer<typeof HOST_INSPECTION_PAGE>;
export type Move = z.infer<typeof MOVE>;
export type MovesPage = z.infer<typeof MOVES_PAGE>;
export type Moved = z.infer<typeof MOVED>;
