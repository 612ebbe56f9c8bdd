/** `jdos version`. */
import process from 'node:process';
import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { addOutput, type OutputOptions, printObject } from './output.ts';

export const VERSION = manifest.version;

export function define(command: Command): void {
  addOutput(command).action((options: OutputOptions) => {
    printObject(options, {
      jdos: VERSION,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
    });
  });
}
