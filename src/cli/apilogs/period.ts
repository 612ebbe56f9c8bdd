/** Times on the command line: a moment, or how long ago. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Parameters } from '../../apilogs/index.ts';

export interface PeriodOptions {
  readonly from?: number;
  readonly to?: number;
  readonly user?: string;
  readonly top?: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

type Name = keyof PeriodOptions;

export function addPeriod(command: Command, names: readonly Name[] = ['from', 'to', 'user', 'top']): Command {
  const add: Readonly<Record<Name, () => Command>> = {
    from: () => command.option('--from <time>', 'from then on: 2026-11-26, 2026-11-26T10:00Z, or 2h, 7d ago', moment),
    to: () => command.option('--to <time>', 'until then, as --from', moment),
    user: () => command.option('--user <name>', 'only what this user asked'),
    top: () => command.option('--top <n>', 'so many rows of each report', count),
  };
  for (const name of names) add[name]();
  return command;
}

export function parametersOf({ from, to, user, top }: PeriodOptions): Parameters {
  return {
    ...(from !== undefined && { fromUs: from * 1000 }),
    ...(to !== undefined && { toUs: to * 1000 }),
    ...(user !== undefined && { user }),
    ...(top !== undefined && { top }),
  };
}

/** Without a zone it is UTC, as the logs are. */
export function moment(text: string): number {
  const ago = /^(\d+)([smhd])$/.exec(text);
  if (ago) return Date.now() - Number(ago[1]) * UNITS[ago[2]!]!;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) throw new InvalidArgumentError('expected a time such as 2026-11-26T10:00Z, or 2h ago as 2h.');
  return time;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 100_000)
    throw new InvalidArgumentError('expected a number from 1 to 100000.');
  return number;
}
