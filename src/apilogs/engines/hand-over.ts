/**
 * The same questions for engines beyond one machine: their SQL and what runs it, in a directory of its own. The Parquet is
 * read where it lies, or wherever it was copied to.
 */
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clickhouse, type Parameters, render, spark } from '../dialect/index.ts';
import type { Report } from '../reports/index.ts';
import { sparkSettings } from './outgrown.ts';

export type OtherEngine = 'spark' | 'clickhouse';

export interface HandOver {
  readonly engine: OtherEngine;
  readonly reports: readonly Report[];
  readonly parameters?: Parameters;
  /** Where that engine finds the events: a directory, or a URL that it knows. */
  readonly events: string;
  /** How much there is: a cluster is sized by it. @default 0 */
  readonly bytes?: number;
}

export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/** What an aggregate is called never hides the column of that name; integers beyond 2^53 stay numbers. */
const CLICKHOUSE =
  "SETTINGS prefer_column_name_to_alias = 1, output_format_json_quote_64bit_integers = 0, session_timezone = 'UTC'";

export function statements({ engine, reports, parameters = {}, events }: HandOver): Statement[] {
  return reports.map(({ name, sql }) => {
    if (engine === 'spark') return { name, sql: render(sql, spark, 'events', parameters) };
    return { name, sql: `${render(sql, clickhouse, clickhouseTable(events), parameters)}\n${CLICKHOUSE}` };
  });
}

/**
 * Writes `reports.json`, a file of SQL for each report, and the program that answers them, for Spark with what starts it;
 * answers their names.
 */
export function writeHandOver(directory: string, order: HandOver): string[] {
  mkdirSync(directory, { recursive: true });
  const all = statements(order);
  const program = `${order.engine}.py`;
  const files = all.map(({ name, sql }) => ({ name: `${name}.sql`, text: `${sql};\n` }));
  files.push({ name: 'reports.json', text: JSON.stringify({ events: [order.events], reports: all }, null, 2) });
  if (order.engine === 'spark') files.push({ name: 'spark-defaults.conf', text: settingsText(order.bytes ?? 0) });
  for (const { name, text } of files) writeFileSync(join(directory, name), text);
  const programs = order.engine === 'spark' ? [program, 'submit.sh'] : [program];
  for (const name of programs) {
    copyFileSync(join(import.meta.dirname, name), join(directory, name));
    chmodSync(join(directory, name), 0o755);
  }
  return [...files.map(({ name }) => name), ...programs];
}

function settingsText(bytes: number): string {
  const lines = Object.entries(sparkSettings(bytes)).map(([name, value]) => `${name} ${value}\n`);
  return lines.join('');
}

function clickhouseTable(events: string): string {
  const pattern = clickhouse.literal(`${events.replace(/\/$/, '')}/**/*.parquet`);
  return /^s3:|^https?:/.test(events) ? `s3(${pattern}, 'Parquet')` : `file(${pattern}, 'Parquet')`;
}
