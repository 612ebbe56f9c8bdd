/** Durations on the command line: seconds, or a number with s, m or h. */
import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

export function parseSeconds(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected seconds, or a number with s, m or h, such as 90 or 5m.');
  return Number(match[1]) * UNITS[match[2]!]!;
}
