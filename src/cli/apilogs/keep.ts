/** How long events are kept, and what else a store is tidied by, on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Keep } from '../../apilogs/index.ts';

export interface KeepOptions {
  readonly keep?: number;
  readonly keepBytes?: number;
}

const SIZES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const SPANS: Readonly<Record<string, number>> = { m: 60e3, h: 3600e3, d: 86_400e3 };

export function addKeep(command: Command): Command {
  return command
    .option('--keep <time>', 'hours that ended longer ago go: 12h, 30d (default: all are kept)', span)
    .option('--keep-bytes <size>', 'the oldest hours go until the rest is no more than this: 500MB, 2TB', size);
}

/** Undefined where all is kept. */
export function keepOf({ keep, keepBytes }: KeepOptions): Keep | undefined {
  if (keep === undefined && keepBytes === undefined) return undefined;
  return { ...(keep !== undefined && { ms: keep }), ...(keepBytes !== undefined && { bytes: keepBytes }) };
}

export function size(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('expected a size such as 500MB or 2TB.');
  return Number(match[1]) * SIZES[match[2]!.toLowerCase()]!;
}

function span(text: string): number {
  const match = /^(\d+)([mhd])$/.exec(text);
  if (!match) throw new InvalidArgumentError('expected a time such as 12h or 30d.');
  return Number(match[1]) * SPANS[match[2]!]!;
}
