/** What a check is: an id, names, thresholds, and a pure judgement of facts. */
import type { Facts } from './facts.ts';
import type { Level } from './level.ts';
import type { Subject } from './subject.ts';
import type { Params, Text } from './text.ts';

export interface Check {
  readonly id: string;
  readonly name: Text;
  /** What to do about it. */
  readonly remedy: Text;
  /** By name; `{word}` is filled in. */
  readonly findings: Readonly<Record<string, Text>>;
  /** Numbers that a pool may have otherwise. */
  readonly limits: Readonly<Record<string, number>>;
  /** Words that a pool may have otherwise: lists are comma-separated. */
  readonly words?: Readonly<Record<string, string>>;
  /** @throws Unreadable when what it needs was not read: the result is Unknown */
  judge(context: Context): Finding;
  /** What is known of a host that did not answer. */
  absent?(context: Context): Finding | undefined;
}

export interface Context {
  readonly facts: Facts;
  readonly subject: Subject;
  readonly limits: Readonly<Record<string, number>>;
  readonly words: Readonly<Record<string, string>>;
  /** Of this check in the run before. */
  readonly before?: Before;
  /** Milliseconds since the epoch, by the judge's clock. */
  readonly now: number;
}

export interface Before {
  readonly at: number;
  readonly level: Level;
  /** What this check asked to remember. */
  readonly kept: Readonly<Record<string, number | string>>;
  /** The host has not started anew meanwhile; else its counters have. */
  readonly sameBoot: boolean;
}

export interface Finding {
  readonly level: Level;
  /** Name of a text in `findings`. */
  readonly finding: string;
  readonly params?: Params;
  readonly value?: number;
  /** For the next run. */
  readonly keep?: Readonly<Record<string, number | string>>;
}

export function found(level: Level, finding: string, params: Params = {}, value?: number): Finding {
  return { level, finding, params, ...(value !== undefined && { value }) };
}
