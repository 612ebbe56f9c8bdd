/** From numbers to levels: steps, samples, and the patience that keeps a level from flickering. */
import type { Before } from './check.ts';
import { type KnownLevel, LEVELS, rank } from './level.ts';

/** From these values on; a step that is missing is never reached. */
export interface Steps {
  readonly warn?: number | undefined;
  readonly alarm?: number | undefined;
  readonly error?: number | undefined;
}

export function grade(value: number, steps: Steps): KnownLevel {
  for (const level of ['error', 'alarm', 'warn'] as const) {
    const step = steps[level];
    if (step !== undefined && value >= step) return level;
  }
  return 'info';
}

/** By so much a value must fall below a step before its level is lowered. */
export const HYSTERESIS = 5;

/**
 * The level of something that moves by itself: raised only by what all samples reach, and lowered only when the highest
 * sample is clearly below.
 */
export function settle(
  samples: readonly number[],
  steps: Steps,
  before: Pick<Before, 'level'> | undefined,
  hysteresis = HYSTERESIS,
): KnownLevel {
  const raised = grade(Math.min(...samples), steps);
  if (!before || before.level === 'unknown') return raised;
  const holds = grade(Math.max(...samples) + hysteresis, steps);
  const held = Math.min(rank(before.level), rank(holds));
  return LEVELS[Math.max(rank(raised), held)] as KnownLevel;
}

/** How much a counter has grown; undefined when it has begun anew or was never seen. */
export function growth(now: number, before: Before | undefined, key: string): number | undefined {
  const was = before?.sameBoot ? before.kept[key] : undefined;
  return typeof was === 'number' && now >= was ? now - was : undefined;
}
