/** What is remembered of a host from one run to the next. */
import type { Before } from './check.ts';
import type { Facts } from './facts.ts';
import { type Level, levelOf, rank } from './level.ts';

export interface HostMemory {
  readonly at: number;
  readonly boot: string;
  readonly checks: Readonly<Record<string, CheckMemory>>;
}

/** Level and what the check keeps. */
export type CheckMemory = readonly [level: number, kept?: Readonly<Record<string, number | string>>];

export function bootOf(facts: Facts): string {
  return (
    facts
      .find('system')
      ?.lines.find((line) => line.startsWith('boot_id '))
      ?.slice(8) ?? ''
  );
}

export function beforeOf(memory: HostMemory | undefined, check: string, boot: string): Before | undefined {
  const last = memory?.checks[check];
  if (!memory || !last) return undefined;
  const [level, kept = {}] = last;
  return { at: memory.at, level: levelOf(level), kept, sameBoot: boot !== '' && boot === memory.boot };
}

export function remember(level: Level, kept: CheckMemory[1]): CheckMemory {
  return kept && Object.keys(kept).length > 0 ? [rank(level), kept] : [rank(level)];
}
