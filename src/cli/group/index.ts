/** `jdos group` and what belongs to it. */
import type { Command } from 'commander';
import { defineDescribe } from './describe.ts';
import { defineHistory } from './history.ts';
import { defineList } from './list.ts';
import { defineRestart } from './restart.ts';
import { defineRollback } from './rollback.ts';

export function define(command: Command): void {
  defineList(command.command('list').description('list Groups, with their Releases'));
  defineDescribe(
    command.command('describe').description('show a Group: its Pods, where each is, and what it waits for'),
  );
  defineHistory(command.command('history').description('list the revisions of a Group'));
  defineRollback(command.command('rollback').description('bring a Group back to an earlier revision'));
  defineRestart(command.command('restart').description('make the containers of a Group anew, in the same Pods'));
}
