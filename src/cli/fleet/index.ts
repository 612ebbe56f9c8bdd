/** `jdos fleet` and what belongs to it. */
import type { Command } from 'commander';
import { defineFault } from './fault.ts';
import { defineHosts } from './hosts.ts';
import { defineImport } from './import/command.ts';
import { definePods } from './pods.ts';

export function define(command: Command): void {
  defineHosts(command.command('hosts').description('list the simulated hosts'));
  definePods(command.command('pods').description('list the Pods on simulated hosts'));
  defineFault(command.command('fault').description('break hosts and Pods, and mend them'));
  defineImport(command.command('import').description('load hosts and Pods from CSV files'));
}
