/** Spans of time as kubectl prints them: two units at most, one where the smaller no longer matters. */

const MINUTE = 60;
const HOUR = 60;
const DAY = 24;
const YEAR = 365;

export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  const minutes = Math.trunc(seconds / MINUTE);
  if (minutes < 10) return pair(minutes, 'm', seconds % MINUTE, 's');
  if (minutes < 3 * HOUR) return `${minutes}m`;
  const hours = Math.trunc(minutes / HOUR);
  if (hours < 8) return pair(hours, 'h', minutes % HOUR, 'm');
  if (hours < 2 * DAY) return `${hours}h`;
  const days = Math.trunc(hours / DAY);
  if (days < 8) return pair(days, 'd', hours % DAY, 'h');
  if (days < 2 * YEAR) return `${days}d`;
  const years = Math.trunc(days / YEAR);
  return years < 8 ? pair(years, 'y', days % YEAR, 'd') : `${years}y`;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

/** How long ago a timestamp of Kubernetes was, `<unknown>` when there is none. */
export function since(timestamp: string | null | undefined, now: number): string {
  return timestamp ? humanDuration(now - Date.parse(timestamp)) : '<unknown>';
}
