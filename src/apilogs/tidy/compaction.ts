/**
 * Many small files of one hour become one: what follows a log writes a file every few seconds, and every file costs each
 * query that looks into its hour. Files are merged with others of like size, so that a row is rewritten a few times only.
 */
import type { EventFile } from '../store/index.ts';

export interface MergeRule {
  /** So many files of like size are worth one. @default 8 */
  readonly atLeast?: number;
  /** Files of all sizes are alike. @default false */
  readonly all?: boolean;
}

/** A file beyond this is large enough, and as much is merged at a time: the rows of one merge are sorted in memory. */
export const LARGE = 24 << 20;
const SMALLEST = 64 << 10;
const STEP = 4;

/** Which files become one each. */
export function mergesOf(files: readonly EventFile[], { atLeast = 8, all = false }: MergeRule = {}): EventFile[][] {
  const small = files.filter(({ bytes }) => bytes < LARGE);
  const alike = Object.groupBy(small, ({ name, bytes }) => `${hourOf(name)} ${all ? '' : sizeClass(bytes)}`);
  return Object.values(alike)
    .flatMap((group) => parcels(group ?? []))
    .filter(({ length }) => length >= Math.max(2, atLeast));
}

/** The partition that a file is in: `events/dt=2026-11-27/hour=08`. */
export function hourOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

function sizeClass(bytes: number): number {
  return Math.max(0, Math.floor(Math.log(bytes / SMALLEST) / Math.log(STEP)));
}

function parcels(files: readonly EventFile[]): EventFile[][] {
  const parcels: EventFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of files) {
    if (bytes + file.bytes > LARGE) {
      parcels.push([]);
      bytes = 0;
    }
    parcels.at(-1)!.push(file);
    bytes += file.bytes;
  }
  return parcels;
}
