/** Schedules of five fields, as cron(5) has them, and the names for common ones. */

const NAMED = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

/** `zoned`: the time zone is told elsewhere, so the schedule itself may not name one. */
export function scheduleFaults(schedule: string, zoned: boolean): string[] {
  if (/\bTZ=/.test(schedule)) {
    const what = zoned ? 'cannot use both timeZone field and TZ or CRON_TZ in schedule' : '';
    return [what || 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'];
  }
  if (schedule.startsWith('@')) return namedFaults(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    return [`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`];
  }
  return parts.flatMap((part, i) => part.split(',').flatMap((range) => rangeFaults(range, fields[i]!)));
}

function namedFaults(schedule: string): string[] {
  const known = NAMED.includes(schedule) || /^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(schedule);
  return known ? [] : [`unrecognized descriptor: ${schedule}`];
}

function rangeFaults(range: string, bounds: Bounds): string[] {
  const [span = '', step, ...more] = range.split('/');
  if (more.length > 0) return [`too many slashes: ${range}`];
  if (step !== undefined && !/^[1-9]\d*$/.test(step))
    return [`failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`];
  if (span === '*' || span === '?') return [];
  const [low = '', high = low, ...rest] = span.split('-');
  if (rest.length > 0) return [`too many hyphens: ${range}`];
  return orderFaults(numberOf(low, bounds), numberOf(high, bounds), bounds, range);
}

function orderFaults(start: number | string, end: number | string, { min, max }: Bounds, range: string): string[] {
  if (typeof start === 'string') return [start];
  if (typeof end === 'string') return [end];
  if (start < min) return [`beginning of range (${start}) below minimum (${min}): ${range}`];
  if (end > max) return [`end of range (${end}) above maximum (${max}): ${range}`];
  return start > end ? [`beginning of range (${start}) beyond end of range (${end}): ${range}`] : [];
}

/** The number, or why the text is none. */
function numberOf(text: string, { min, names = [] }: Bounds): number | string {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return index + min;
  if (/^\d+$/.test(text)) return Number(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`;
}
