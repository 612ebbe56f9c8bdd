/** `jdos inspect` and what belongs to it. */
import type { Command } from 'commander';
import { defineExempt } from './exempt.ts';
import { defineHistory } from './history.ts';
import { definePlan } from './plan.ts';
import { defineRun } from './run.ts';

export function define(command: Command): void {
  defineRun(command.command('run').description('inspect hosts now and show the brief'));
  defineHistory(command);
  definePlan(command.command('plan').description('inspect by the clock'));
  defineExempt(command.command('exempt').description('let hosts fail a check for a while'));
}
