/** The statements by which lines become Parquet. Paths in them are JDOS's own. */
import { EVENT_COLUMNS, LINE_COLUMNS } from './columns.ts';

/** What is the same for all lines of an import. */
export interface Origin {
  readonly cluster: string;
  readonly apiserver: string;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An object may be so large; what is larger than the reader's usual bound gets its own. */
const OBJECT = 16 << 20;
const PARQUET = 'FORMAT parquet, COMPRESSION zstd';

/** Every line becomes a row, in its order: one that cannot be read has no `audit_id`, no `stage` or no time. */
export function convert(lines: string, into: string, o: Origin & { file: string; longest: number }): string {
  const columns = Object.entries(LINE_COLUMNS).map(([name, type]) => `"${name}": ${literal(type)}`);
  const reader = `read_json(${literal(lines)}, format = 'newline_delimited', ignore_errors = true, maximum_object_size = ${Math.max(OBJECT, o.longest + 1024)}, columns = {${columns.join(', ')}})`;
  const own = EVENT_COLUMNS.map(({ name, type, expression }) => `CAST(${expression} AS ${type}) AS "${name}"`);
  const given = [
    ['cluster', o.cluster],
    ['apiserver', o.apiserver],
    ['file', o.file],
  ].map(([name, value]) => `${literal(value!)} AS "${name}"`);
  return `COPY (SELECT ${[...own, ...given].join(', ')} FROM ${reader}) TO ${literal(into)} (${PARQUET})`;
}

/** A row that is an event. */
const SOUND = 'audit_id IS NOT NULL AND stage IS NOT NULL AND stage_at IS NOT NULL';

/** One row: rows, sound ones, distinct ones, and the first and last hour and microsecond. */
export function summarize(converted: string): string {
  return `SELECT count(*), count(*) FILTER (${SOUND}), count(DISTINCT hash(audit_id, stage, stage_at)) FILTER (${SOUND}),
    epoch_us(min(stage_at) FILTER (${SOUND})), epoch_us(max(stage_at) FILTER (${SOUND})) FROM read_parquet(${literal(converted)})`;
}

/** The numbers of rows that are no events. */
export function unsound(converted: string): string {
  return `SELECT file_row_number FROM ${numbered(converted)} WHERE NOT (${SOUND}) ORDER BY 1`;
}

/** Which rows say again what an earlier one among them says. */
export function repeatedWithin(converted: string): string {
  return `SELECT r FROM (${ownRows(converted)}) QUALIFY row_number() OVER (PARTITION BY audit_id, stage, stage_at ORDER BY r) > 1`;
}

/**
 * Which rows are in these files already. The same event is written down at the same moment wherever it is written down; one
 * number may serve many requests, for clients choose it. So only the time that they have in common is looked at.
 */
export function repeatedIn(converted: string, files: readonly string[], fromUs: number, toUs: number): string {
  const common = `stage_at BETWEEN make_timestamptz(${fromUs}) AND make_timestamptz(${toUs})`;
  const known = `SELECT audit_id, stage, stage_at FROM ${parquet(files)} WHERE ${common}`;
  return `SELECT r FROM (${ownRows(converted)} AND ${common}) SEMI JOIN (${known}) USING (audit_id, stage, stage_at)`;
}

function ownRows(converted: string): string {
  return `SELECT file_row_number AS r, audit_id, stage, stage_at FROM ${numbered(converted)} WHERE ${SOUND}`;
}

export interface Part {
  /** Microseconds of the hour's beginning. */
  readonly hourUs: number;
  /** Numbers of rows that are left out. */
  readonly without: readonly number[];
  /** Where the rows come from, if from several files: the first row of each. */
  readonly files: readonly { readonly row: number; readonly file: string }[];
}

/** Those rows of one hour that are events and new. */
export function cut(converted: string, into: string, { hourUs, without, files }: Part): string {
  const file =
    files.length > 1
      ? `CASE ${[...files]
          .reverse()
          .map(({ row, file: name }) => `WHEN file_row_number >= ${row} THEN ${literal(name)}`)
          .join(' ')} END`
      : 'file';
  return `COPY (SELECT * EXCLUDE (file_row_number) REPLACE (${file} AS file) FROM ${numbered(converted)}
    WHERE ${SOUND} AND stage_at >= make_timestamptz(${hourUs}) AND stage_at < make_timestamptz(${hourUs + HOUR_US})
      AND file_row_number NOT IN (SELECT unnest([${without.join(', ')}]::BIGINT[]))) TO ${literal(into)} (${PARQUET})`;
}

/** Several files as one, in the order of time. Answers how many rows there are. */
export function merge(files: readonly string[], into: string): string {
  return `COPY (SELECT * FROM ${parquet(files)} ORDER BY stage_at) TO ${literal(into)} (${PARQUET})`;
}

/** The hours in which sound rows are, with their number and bounds. */
export function hours(converted: string): string {
  return `SELECT epoch_us(date_trunc('hour', stage_at)), count(*), epoch_us(min(stage_at)), epoch_us(max(stage_at))
    FROM read_parquet(${literal(converted)}) WHERE ${SOUND} GROUP BY 1 ORDER BY 1`;
}

export const HOUR_US = 3_600_000_000;

export function parquet(files: readonly string[]): string {
  return `read_parquet([${files.map(literal).join(', ')}], union_by_name = true, hive_partitioning = false)`;
}

function numbered(file: string): string {
  return `read_parquet(${literal(file)}, file_row_number = true)`;
}
