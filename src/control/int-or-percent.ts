/** `maxSurge: 25%` and the like. */

/** A number as it is, a percentage of `total` rounded as told. Anything unreadable counts as nothing. */
export function scaled(value: number | string | undefined, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value ?? '');
  if (!percent) return /^\d+$/.test(value ?? '') ? Number(value) : 0;
  const exact = (Number(percent[1]) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
