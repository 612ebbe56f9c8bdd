/** `jdos release` and what belongs to it. */
import type { Command } from 'commander';
import { defineRequests } from './request.ts';
import { defineStart } from './start.ts';
import { defineStatus } from './status.ts';

export function define(command: Command): void {
  defineStart(command.command('start').description('release what a Group’s template says, step by step'));
  defineStatus(command.command('status').description('show how far a release is, where it waits and why'));
  defineRequests(command);
}
