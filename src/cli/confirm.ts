/** Asks before what cannot be taken back at once. */
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { JdosError } from '../errors/index.ts';

export interface ConfirmOptions {
  readonly yes?: true;
}

export function addConfirm(command: Command): Command {
  return command.option('-y, --yes', 'do it without asking');
}

/** Shows what would be done, on stderr, and asks. @throws JdosError JDOS_ERR_USAGE where nobody can be asked */
export async function confirmed(preview: string, { yes }: ConfirmOptions): Promise<boolean> {
  process.stderr.write(`${preview}\n`);
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: 'expected --yes, as nobody can be asked here; nothing was done' });
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question('Go on? [y/N] ');
  ask.close();
  const agreed = /^y(es)?$/i.test(answer.trim());
  if (!agreed) process.stderr.write('Nothing was done.\n');
  return agreed;
}
