/** The dialects: how each engine says what the others say otherwise. */
import type { Dialect, Step } from './dialect.ts';

const doubled = (text: string) => text.replaceAll("'", "''");
/** Also a backslash means something inside quotes. */
const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");

/** Nearest whole number, halves up: the same everywhere, unlike `round`. */
const whole = (expression: string, type: string) => `CAST(floor(${expression} + 0.5) AS ${type})`;

const STRFTIME: Readonly<Record<Step, string>> = {
  second: '%Y-%m-%dT%H:%M:%SZ',
  minute: '%Y-%m-%dT%H:%MZ',
  hour: '%Y-%m-%dT%HZ',
  day: '%Y-%m-%d',
};

export const duckdb: Dialect = {
  name: 'duckdb',
  literal: (text) => `'${doubled(text)}'`,
  moment: (us) => `make_timestamptz(${us})`,
  part: (time, us) => `(epoch_us(${time}) // ${us})`,
  text: (time, step) => `strftime(${time}, '${STRFTIME[step]}')`,
  quantile: (expression, share) => whole(`quantile_cont(${expression}, ${share})`, 'BIGINT'),
};

const SPARK: Readonly<Record<Step, string>> = {
  second: "yyyy-MM-dd\\'T\\'HH:mm:ss\\'Z\\'",
  minute: "yyyy-MM-dd\\'T\\'HH:mm\\'Z\\'",
  hour: "yyyy-MM-dd\\'T\\'HH\\'Z\\'",
  day: 'yyyy-MM-dd',
};

/** The session's time zone must be UTC, as `runner.py` sets it. */
export const spark: Dialect = {
  name: 'spark',
  literal: (text) => `'${escaped(text)}'`,
  moment: (us) => `timestamp_micros(${us})`,
  part: (time, us) => `(unix_micros(${time}) div ${us})`,
  text: (time, step) => `date_format(${time}, '${SPARK[step]}')`,
  quantile: (expression, share) => whole(`percentile(${expression}, ${share})`, 'BIGINT'),
};

const CLICKHOUSE: Readonly<Record<Step, string>> = {
  second: '%Y-%m-%dT%H:%i:%SZ',
  minute: '%Y-%m-%dT%H:%iZ',
  hour: '%Y-%m-%dT%HZ',
  day: '%Y-%m-%d',
};

export const clickhouse: Dialect = {
  name: 'clickhouse',
  literal: (text) => `'${escaped(text)}'`,
  moment: (us) => `fromUnixTimestamp64Micro(toInt64(${us}), 'UTC')`,
  part: (time, us) => `intDiv(toUnixTimestamp64Micro(${time}), ${us})`,
  text: (time, step) => `formatDateTime(${time}, '${CLICKHOUSE[step]}', 'UTC')`,
  quantile: (expression, share) => whole(`quantileExactInclusiveOrNull(${share})(${expression})`, 'Nullable(Int64)'),
};

export const DIALECTS: readonly Dialect[] = [duckdb, spark, clickhouse];
