/** `jdos maintain` and what belongs to it. */
import type { Command } from 'commander';
import { defineChoices } from './choices.ts';
import { defineList } from './list.ts';
import { defineMail } from './mail.ts';
import { defineStart } from './start.ts';
import { defineStop } from './stop.ts';

export function define(command: Command): void {
  defineStart(command);
  defineList(command);
  defineChoices(command);
  defineMail(command);
  defineStop(command);
}
