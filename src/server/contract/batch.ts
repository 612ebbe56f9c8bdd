import { z } from 'zod';
import { JOB_STATES, OUTCOMES } from '../../batch/vocabulary.ts';
import { listOf, MOMENT, pageOf } from './page.ts';

export const MOST_TARGETS = 5000;

const COMMAND = z.string().trim().min(1).max(10_000);

export const BATCH_WISH = z.object({
  selector: z.string().trim().min(1).max(500),
  namespace: z.string().trim().max(63).optional(),
  container: z.string().trim().max(63).optional(),
  command: COMMAND,
  staged: z.boolean().default(true),
  concurrency: z.number().int().min(1).max(200).default(50),
  mostFailures: z.number().int().min(0).max(MOST_TARGETS).optional(),
  timeoutSeconds: z.number().int().min(1).max(3600).default(60),
  allowDangerous: z.boolean().default(false),
});

/** The command, where the job was kept without its secrets. */
export const RESUMED_JOB = z.object({ command: COMMAND.optional() }).nullish();

const TARGET = z.object({ target: z.string(), host: z.string().nullable(), rack: z.string().nullable() });

export const BATCH_PREVIEW = z.object({
  command: z.string(),
  danger: z.string().optional().describe('Why it is dangerous'),
  mostFailures: z.number(),
  targets: z.number(),
  stages: listOf(z.object({ targets: z.number(), first: listOf(TARGET) })),
});

export const STARTED_JOB = z.object({ id: z.string() });

const BATCH_JOB = z.object({
  id: z.string(),
  createdAt: MOMENT,
  endedAt: MOMENT.optional(),
  actor: z.string(),
  selector: z.string(),
  command: z.string(),
  state: z.enum(JOB_STATES).describe('`lost`: whoever carried it out has not been heard of'),
  targets: z.number(),
  stopped: z.string().optional().describe('Why it did not go on to the end'),
});

export const OUTCOME = z.enum(OUTCOMES);

export const BATCH_JOBS = pageOf(BATCH_JOB);
export const BATCH_JOB_PAGE = z.object({ job: BATCH_JOB, counts: z.record(OUTCOME, z.number()) });

const BATCH_RESULT = z.object({
  target: z.string(),
  host: z.string().nullable(),
  kind: OUTCOME,
  rc: z.number().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  message: z.string(),
  ms: z.number(),
  at: MOMENT,
});

export const BATCH_RESULTS = pageOf(BATCH_RESULT);

export type BatchWish = z.input<typeof BATCH_WISH>;
export type BatchPreview = z.infer<typeof BATCH_PREVIEW>;
export type BatchJob = z.infer<typeof BATCH_JOB>;
export type BatchJobs = z.infer<typeof BATCH_JOBS>;
export type BatchJobPage = z.infer<typeof BATCH_JOB_PAGE>;
export type Outcome = z.infer<typeof OUTCOME>;
export type BatchResult = z.infer<typeof BATCH_RESULT>;
export type BatchResults = z.infer<typeof BATCH_RESULTS>;
