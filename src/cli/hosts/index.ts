/** `jdos hosts` and what belongs to it. */
import type { Command } from 'commander';
import { defineHistory } from './history.ts';
import { defineImport } from './import.ts';
import { defineList } from './list.ts';
import { defineSet } from './set.ts';
import { defineWhy } from './why.ts';

export function define(command: Command): void {
  defineList(command);
  defineSet(command.command('set').description('change the status of a host'));
  defineImport(
    command.command('import').description('take in the inventory: where hosts stand and what they are made of'),
  );
  defineWhy(command.command('why').description('what was judged of a host, and by what evidence'));
  defineHistory(command.command('history').description('how a host came to its status'));
}
