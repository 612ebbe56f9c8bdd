/** `jdos status`. */
import process from 'node:process';
import type { Command } from 'commander';
import { addDataDir, type DataDirOptions } from './data-dir.ts';
import { EXIT } from './exit.ts';
import { type Instance, runningInstance } from './instance.ts';
import { addOutput, type OutputOptions, printObject } from './output.ts';
import type { UpStatus } from './up/console.ts';

export function define(command: Command): void {
  addOutput(addDataDir(command)).action(showStatus);
}

async function showStatus(options: DataDirOptions & OutputOptions): Promise<void> {
  const instance = runningInstance(options.data);
  const status = await askStatus(instance);
  if (options.output) printObject(options, { ...instance, ...status });
  else printObject(options, describe(instance, status));
  if (!status?.ready) process.exitCode = EXIT.failed;
}

/** Undefined when the process lives but does not answer. */
function askStatus({ consoleUrl }: Instance): Promise<UpStatus | undefined> {
  return fetch(new URL('/status.json', consoleUrl), { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.json() as Promise<UpStatus>,
    () => undefined,
  );
}

function describe(instance: Instance, status: UpStatus | undefined): Record<string, string> {
  const state = status ? (status.ready ? 'ready' : 'not ready') : 'does not answer';
  return {
    jdos: `${state}, process ${instance.pid}, since ${instance.startedAt}`,
    api: instance.apiUrl,
    console: instance.consoleUrl,
    kubeconfig: instance.kubeconfig,
    ...(status && partLines(status)),
    ...(status?.counts && {
      hosts: `${status.counts.hosts.ready}/${status.counts.hosts.total} ready`,
      pods: podLine(status.counts.pods),
    }),
  };
}

function partLines({ parts }: UpStatus): Record<string, string> {
  const lines = parts.map((part) => {
    const trouble = part.restarts > 0 ? `, ${part.restarts} restarts, last: ${part.error}` : '';
    return [`part ${part.name}`, `${part.state}${trouble}`];
  });
  return Object.fromEntries(lines);
}

function podLine(pods: Readonly<Record<string, number>>): string {
  const entries = Object.entries(pods);
  return entries.length === 0 ? 'none' : entries.map(([phase, count]) => `${count} ${phase}`).join(', ');
}
