/** The command line's entry: reads which command is meant, loads that command only, runs it and sets the exit code. */
import process from 'node:process';
import { runCli } from './program.ts';

process.exitCode = await runCli(process.argv.slice(2));
