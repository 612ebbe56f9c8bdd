/** What the commands of `jdos inspect` have in common. */
import process from 'node:process';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { JdosError } from '../../errors/index.ts';
import { findRun, LANGUAGES, type Language, latestRun, type Run } from '../../inspection/index.ts';
import type { Records } from '../../records/index.ts';

export interface LanguageOptions {
  readonly lang: Language;
}

/** The language of the terminal, where it is Chinese; else English. */
export function addLanguage(command: Command): Command {
  const words = `${process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || ''}`;
  const own: Language = words.startsWith('zh') ? 'zh' : 'en';
  return command.addOption(new Option('--lang <language>', 'language of the answer').choices(LANGUAGES).default(own));
}

export function names(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').filter(Boolean)];
}

export function parseNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a number.');
  return Number(text);
}

/** The run of that number, or the newest that has ended. @throws JdosError JDOS_ERR_INSPECT_RUN */
export async function runOrLatest(records: Records, id: number | undefined, plan?: string): Promise<Run> {
  const run = id === undefined ? await latestRun(records, plan) : await findRun(records, id);
  if (run) return run;
  const what =
    id === undefined ? (plan === undefined ? 'no run that has ended' : `no run of plan ${plan}`) : `no run ${id}`;
  throw new JdosError('JDOS_ERR_INSPECT_RUN', { what, place: records.place });
}
