/** What a running `jdos up` writes down about itself, so that other commands find it. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JdosError } from '../errors/index.ts';
import { DataDirLock } from './data-dir.ts';

export interface Instance {
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly apiUrl: string;
  readonly consoleUrl: string;
  readonly kubeconfig: string;
  /** How many hosts the fleet was asked to have; the next start asks for as many unless told otherwise. */
  readonly hosts: number;
}

export function kubeconfigOf(dir: string): string {
  return join(dir, 'kubeconfig');
}

/** What the running or the last process on this directory wrote. */
export function readInstance(dir: string): Instance | undefined {
  const file = join(dir, 'up.json');
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Instance;
  } catch (error) {
    throw new JdosError('JDOS_ERR_DATA_CORRUPT', { dir, detail: `${file} is not JSON` }, { cause: error });
  }
}

export function writeInstance(dir: string, instance: Instance): void {
  const file = join(dir, 'up.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function isRunning(dir: string): boolean {
  if (!existsSync(join(dir, 'lock'))) return false;
  const lock = DataDirLock.take(dir);
  lock?.[Symbol.dispose]();
  return lock === undefined;
}

/** The instance that runs on this directory. @throws JdosError JDOS_ERR_NOT_RUNNING */
export function runningInstance(dir: string): Instance {
  const instance = isRunning(dir) ? readInstance(dir) : undefined;
  if (!instance) throw new JdosError('JDOS_ERR_NOT_RUNNING', { dir });
  return instance;
}
