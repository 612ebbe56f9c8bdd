/**
 * One text of SQL for several engines. Reports are written in what DuckDB, Spark and ClickHouse understand alike; where
 * they differ stands a word with `@`, which each engine's dialect puts into its own terms:
 *
 *   @events        the table                       @where         limits of time and user, and requests that ended
 *   @latency       latency_us of what has one      @pct(x, q)     the exact quantile, between neighbours by proportion, in whole numbers
 *   @step(t)       the number of the report's step that t is in;  @minute(t) of the minute: numbers group faster than text
 *   @at(n)         the text of such a step;        @time(t)       that of a time, to the second
 *   @top           how many rows                   @time          the limits of time alone;  @user  the name that is asked about
 */
export interface Dialect {
  readonly name: string;
  literal(text: string): string;
  /** A moment, given in microseconds, as a number or an expression. */
  moment(us: number | string): string;
  /** Microseconds since 1970 divided by `us`, without a rest. */
  part(time: string, us: number): string;
  /** Text of a time in UTC; `width` is how many characters of `2026-11-26T10:05:07Z` before the end. */
  text(time: string, step: Step): string;
  quantile(expression: string, share: string): string;
}

export type Step = 'second' | 'minute' | 'hour' | 'day';

const STEP_US: Readonly<Record<Step, number>> = { second: 1e6, minute: 60e6, hour: 3600e6, day: 86_400e6 };

export interface Parameters {
  readonly fromUs?: number;
  readonly toUs?: number;
  readonly user?: string;
  /** @default 20 */
  readonly top?: number;
  /** Of a report over time. @default 'hour' */
  readonly step?: Step;
}

/** Requests that ended: so each counts once, whatever else was written of it. */
const ENDED = "stage IN ('ResponseComplete', 'Panic')";

/** Without a word behind them these mean one thing here and another there: ClickHouse keeps what the others drop. */
const AMBIGUOUS = /\b(EXCEPT|INTERSECT|UNION)\b(?!\s+(ALL|DISTINCT)\b)/i;

/** `events` is what stands for the table. @throws Error for a word that is not known, or means different things */
export function render(sql: string, dialect: Dialect, events: string, parameters: Parameters = {}): string {
  const { top = 20, step = 'hour', user = '', ...times } = parameters;
  const ambiguous = AMBIGUOUS.exec(sql);
  if (ambiguous) throw new Error(`${ambiguous[1]} needs ALL or DISTINCT: engines differ in what it means without`);
  const words: Readonly<Record<string, (...args: string[]) => string>> = {
    events: () => events,
    where: () => [ENDED, ...limits(dialect, parameters)].join(' AND '),
    latency: () => '(CASE WHEN long_running THEN NULL ELSE latency_us END)',
    top: () => String(Math.trunc(top)),
    pct: (expression, share) => dialect.quantile(expression!, share!),
    step: (time) => dialect.part(time!, STEP_US[step]),
    at: (number) => dialect.text(dialect.moment(`${number} * ${STEP_US[step]}`), step),
    minute: (time) => dialect.part(time!, STEP_US.minute),
    time: (time) => (time ? dialect.text(time, 'second') : ['TRUE', ...limits(dialect, times)].join(' AND ')),
    user: () => dialect.literal(user),
  };
  return expand(sql, words);
}

function limits(dialect: Dialect, { fromUs, toUs, user }: Parameters): string[] {
  return [
    ...(fromUs === undefined ? [] : [`stage_at >= ${dialect.moment(fromUs)}`]),
    ...(toUs === undefined ? [] : [`stage_at < ${dialect.moment(toUs)}`]),
    ...(user === undefined ? [] : [`username = ${dialect.literal(user)}`]),
  ];
}

function expand(sql: string, words: Readonly<Record<string, (...args: string[]) => string>>): string {
  let text = '';
  for (let at = 0; at < sql.length; ) {
    const match = /@([a-z]+)(\()?/g;
    match.lastIndex = at;
    const found = match.exec(sql);
    if (!found) return text + sql.slice(at);
    const word = words[found[1]!];
    if (!word) throw new Error(`@${found[1]} is no word of the reports' language`);
    const end = found[2] ? closing(sql, match.lastIndex) : match.lastIndex;
    const args = found[2] ? split(sql.slice(match.lastIndex, end - 1)).map((arg) => expand(arg, words)) : [];
    text += sql.slice(at, found.index) + word(...args);
    at = end;
  }
  return text;
}

/** Behind the bracket that closes what was opened before `from`. */
function closing(sql: string, from: number): number {
  let depth = 1;
  for (let at = from; at < sql.length; at++) {
    if (sql[at] === '(') depth++;
    if (sql[at] === ')' && --depth === 0) return at + 1;
  }
  throw new Error('a bracket is not closed');
}

/** At commas outside of brackets. */
function split(args: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of args) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}
