/** `jdos down`. */
import process from 'node:process';
import type { Command } from 'commander';
import { JdosError } from '../errors/index.ts';
import { sleep, systemClock } from '../kube/index.ts';
import { addDataDir, type DataDirOptions } from './data-dir.ts';
import { isRunning, runningInstance } from './instance.ts';
import { parseSeconds } from './seconds.ts';

interface DownOptions extends DataDirOptions {
  readonly timeout: number;
  readonly force?: true;
}

export function define(command: Command): void {
  addDataDir(command)
    .option('--timeout <seconds>', 'how long to wait for the clean stop', parseSeconds, 30)
    .option('--force', 'kill the process when it has not stopped by then')
    .action(down);
}

async function down({ data, timeout, force }: DownOptions): Promise<void> {
  const { pid } = runningInstance(data);
  process.kill(pid, 'SIGTERM');
  if (!(await stopped(data, timeout))) {
    if (!force) throw new JdosError('JDOS_ERR_TIMEOUT', { what: 'the stop', seconds: timeout, state: hint(pid) });
    process.kill(pid, 'SIGKILL');
    await stopped(data, timeout);
  }
  process.stderr.write(`JDOS (process ${pid}) has stopped; what was created is kept in ${data}\n`);
}

function hint(pid: number): string {
  return `process ${pid} still runs; jdos down --force kills it, which loses nothing that was acknowledged`;
}

async function stopped(dir: string, seconds: number): Promise<boolean> {
  const end = systemClock.now() + seconds * 1000;
  while (isRunning(dir)) {
    if (systemClock.now() > end) return false;
    await sleepAlive(100);
  }
  return true;
}

/** The clock's timers do not keep a process alive; this wait does. */
function sleepAlive(ms: number): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  return sleep(systemClock, ms).finally(() => clearInterval(alive));
}
