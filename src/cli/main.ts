/** The command line's entry: reads which command is meant, loads that command only, runs it and sets the exit code. */
import process from 'node:process';
import { runCli } from './program.ts';

/** Whoever reads the answer may stop reading, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2));
