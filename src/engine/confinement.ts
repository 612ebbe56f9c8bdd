/**
 * How little the engine's process may do. It has no environment, no network (a namespace of its own where the system
 * allows one), by Node's permission model no files but the program's own, and it gives root up once it runs.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Where the process reads its code, and its packages, which may have been installed elsewhere. */
const PROGRAM = dirname(dirname(import.meta.dirname));
const ENGINE = fileURLToPath(import.meta.resolve('@duckdb/node-api'));
const PACKAGES = ENGINE.slice(0, ENGINE.lastIndexOf('node_modules') + 'node_modules'.length);
/** More threads than queries: an interrupt must never wait behind the query it is meant for. */
const POOL = '16';

export function confined(main: string, settings: object): Command {
  const reads = [PROGRAM, PACKAGES].map((directory) => `--allow-fs-read=${directory}`);
  const node = ['--permission', '--allow-addons', ...reads, '--disable-warning=PERM0001'];
  const own = [process.execPath, ...node, main, JSON.stringify(settings)];
  const [file = '', ...args] = [...withoutNetwork(), ...own];
  return { file, args, env: { UV_THREADPOOL_SIZE: POOL } };
}

let prefix: readonly string[] | undefined;

/** Tried once: neither macOS nor every container lets a process make namespaces. */
function withoutNetwork(): readonly string[] {
  const ways = process.getuid?.() === 0 ? [['unshare', '--net']] : [['unshare', '--user', '--net']];
  prefix ??= ways.find(([file = '', ...args]) => spawnSync(file, [...args, 'true']).status === 0) ?? [];
  return prefix;
}
