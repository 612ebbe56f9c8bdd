/** Levels: their order, and which of them are bad. */
import { LEVELS, type Level } from './vocabulary.ts';

export { LEVELS, type Level };
export type KnownLevel = Exclude<Level, 'unknown'>;

/** Their order, and the number under which the records keep them. */
export function rank(level: Level): number {
  return LEVELS.indexOf(level);
}

export function levelOf(number: number): Level {
  return LEVELS[number] ?? 'unknown';
}

export function worstOf<T extends { readonly level: Level }>(found: readonly T[]): T | undefined {
  return found.reduce<T | undefined>(
    (worst, one) => (!worst || rank(one.level) > rank(worst.level) ? one : worst),
    undefined,
  );
}

/** Error, Alarm or Warn: something is to be done. */
export function isBad(level: Level): boolean {
  return level === 'warn' || level === 'alarm' || level === 'error';
}
