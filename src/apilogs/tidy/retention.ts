/** How long events are kept: whole hours go, the oldest first, and never the hour that is being written. */
import type { EventFile } from '../store/index.ts';
import { hourOf } from './compaction.ts';

export interface Keep {
  /** Hours that ended longer ago go. */
  readonly ms?: number;
  /** Hours go until the rest is no more than this. */
  readonly bytes?: number;
}

const HOUR_MS = 3_600_000;

/** The files of the hours that are to go, the oldest first. */
export function expired(
  files: readonly EventFile[],
  { ms, bytes = Number.POSITIVE_INFINITY }: Keep,
  now: number,
): EventFile[] {
  const hours = [...Map.groupBy(files, ({ name }) => hourOf(name))].sort(([a], [b]) => (a < b ? -1 : 1));
  const current = hourAt(now);
  const closed = hours.slice(0, -1).filter(([hour]) => hour < current);
  let left = sizeOf(files);
  return closed.flatMap(([hour, of]) => {
    const old = ms !== undefined && endOf(hour) < now - ms;
    if (!old && left <= bytes) return [];
    left -= sizeOf(of);
    return of;
  });
}

function hourAt(now: number): string {
  const time = new Date(now).toISOString();
  return `events/dt=${time.slice(0, 10)}/hour=${time.slice(11, 13)}`;
}

function endOf(hour: string): number {
  const [, dt = '', of = ''] = /dt=([\d-]+)\/hour=(\d\d)/.exec(hour) ?? [];
  return Date.parse(`${dt}T${of}:00:00Z`) + HOUR_MS;
}

function sizeOf(files: readonly EventFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
