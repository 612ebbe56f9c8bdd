/** Questions in SQL, the lines of their answers, and the tables that they may be asked of. */
import { z } from 'zod';
import { listOf } from './page.ts';

export const SQL_QUESTION = z.object({
  sql: z.string().max(200_000),
  as: z.enum(['lines', 'csv']).default('lines').describe('Lines of JSON, or CSV'),
  most: z.number().int().min(1).max(10_000).default(1000).describe('Of lines no more than that are sent'),
});

const SQL_COLUMN = z.object({ name: z.string(), type: z.string().describe('As DuckDB calls it') });
const NOTICE = z.object({ code: z.string(), message: z.string() });

/** The first line of an answer; then comes a list of values for each row. */
const SQL_HEAD = z.object({
  columns: listOf(SQL_COLUMN),
  notices: listOf(NOTICE).describe('What a reader should know, such as that a table is stale'),
});

/** The last line of an answer. */
const SQL_END = z.object({
  rows: z.number().optional(),
  more: z.literal(true).optional().describe('There are more rows than these'),
  error: z
    .object({
      title: z.string(),
      status: z.number(),
      detail: z.string(),
      code: z.string().describe('SQLSTATE'),
      position: z.number().optional(),
      hint: z.string().optional(),
    })
    .optional()
    .describe('Why it broke off'),
});

const SQL_TABLE = z.object({
  schema: z.string(),
  name: z.string(),
  doc: z.string(),
  alias: z.boolean().describe('The same table has a shorter name'),
  columns: listOf(z.object({ name: z.string(), type: z.string(), doc: z.string(), unit: z.string().optional() })),
  state: z
    .enum(['syncing', 'live', 'stale', 'forbidden', 'disabled'])
    .optional()
    .describe('How well it follows the cluster, of several clusters the worst; none for tables of JDOS'),
  silentSeconds: z.number().optional().describe('Since the last sign of life, of a table that is not live'),
  error: z.string().optional(),
});
export const SQL_TABLES = z.object({ tables: listOf(SQL_TABLE) });

export type SqlQuestion = z.infer<typeof SQL_QUESTION>;
export type SqlColumn = Readonly<z.infer<typeof SQL_COLUMN>>;
export type SqlHead = Readonly<z.infer<typeof SQL_HEAD>>;
export type SqlEnd = Readonly<z.infer<typeof SQL_END>>;
export type SqlTable = Readonly<z.infer<typeof SQL_TABLE>>;
