import { z } from 'zod';
import { CHANGE_KINDS, LEVELS, RUN_STATES } from '../../inspection/vocabulary.ts';
import { itemsOf, listOf, MOMENT, pageOf } from './page.ts';

export const LEVEL = z.enum(LEVELS);
export const LEVEL_COUNTS = z.record(LEVEL, z.number());
const TEXT = z.object({ zh: z.string(), en: z.string() });

export const RUN = z.object({
  id: z.number(),
  plan: z.string().optional(),
  dueAt: MOMENT.optional(),
  by: z.string(),
  state: z.enum(RUN_STATES).describe('`cut`: its time was up before all hosts had answered; they are unknown'),
  startedAt: MOMENT,
  deadlineAt: MOMENT,
  finishedAt: MOMENT.optional(),
  scope: z.number().describe('Hosts'),
});

export const RUN_PAGE = pageOf(RUN);

const BRIEF_ROW = z.object({
  check: z.string(),
  name: TEXT,
  exempted: z.number().describe('Of those counted as info'),
  error: z.number(),
  alarm: z.number(),
  warn: z.number(),
  info: z.number(),
  unknown: z.number(),
});

export const BRIEF = z.object({
  run: RUN,
  rows: listOf(BRIEF_ROW),
  score: z.number().describe('0 to 100: the mean of the rows’ shares of healthy hosts among those known'),
  grade: z.string(),
  systemic: listOf(z.object({ check: z.string(), zone: z.string(), hosts: z.number(), of: z.number() })).describe(
    'So much of a zone fails one check that the hosts are hardly to blame',
  ),
});

/** Words are in the reader's language. */
const RESULT = z.object({
  check: z.string(),
  host: z.string(),
  level: LEVEL,
  name: z.string(),
  message: z.string(),
  remedy: z.string(),
  readAt: MOMENT,
});

export const RESULT_PAGE = pageOf(RESULT);

export const CHANGE_KIND = z.enum(CHANGE_KINDS);

const CHANGE = z.object({
  check: z.string(),
  name: z.string(),
  host: z.string(),
  from: LEVEL.optional().describe('Missing where the host was not in that run'),
  to: LEVEL.optional(),
});

export const DIFF_PAGE = z.object({ counts: z.record(CHANGE_KIND, z.number()), items: listOf(CHANGE) });

const TREND_POINT = z.object({ run: RUN, counts: LEVEL_COUNTS, score: z.number(), grade: z.string() });

export const TREND = itemsOf(TREND_POINT);

export type Level = z.infer<typeof LEVEL>;
export type Run = z.infer<typeof RUN>;
export type RunPage = z.infer<typeof RUN_PAGE>;
export type BriefRow = z.infer<typeof BRIEF_ROW>;
export type Brief = z.infer<typeof BRIEF>;
export type Result = z.infer<typeof RESULT>;
export type ResultPage = z.infer<typeof RESULT_PAGE>;
export type DiffPage = z.infer<typeof DIFF_PAGE>;
export type TrendPoint = z.infer<typeof TREND_POINT>;
