/**
 * The little machine a real node runs on (see `host-init`): network, mount and process namespaces with a cable to the
 * machine that starts it. When it stops, or whoever started it dies, everything it ran, mounted or linked is gone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { RunningProgram } from '../process.ts';

export interface Host {
  readonly directory: string;
  /** Its own address, and that of the machine that started it. */
  readonly address: string;
  readonly gateway: string;
  readonly podCidr: string;
  /** Runs a command to its end and answers what it printed. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Starts a program that lives until it is stopped, or the host ends. */
  start(path: string, ...args: readonly string[]): RunningProgram;
  stop(): Promise<void>;
}

export async function startHost(directory: string): Promise<Host> {
  const init = spawn('unshare', ['--net', join(import.meta.dirname, 'host-init'), directory, String(process.pid)], {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const number = await furnished(init);
  const enter = ['--mount', '--net', `--pid=/proc/${init.pid}/ns/pid_for_children`, `--target=${init.pid}`, '--'];
  return {
    directory,
    address: `10.213.${number}.2`,
    gateway: `10.213.${number}.1`,
    podCidr: `10.214.${number}.0/24`,
    run: (command, ...args) => output('nsenter', [...enter, command, ...args]),
    start: (path, ...args) => new EnteredProgram(directory, path, [...enter, path, ...args]),
    async stop() {
      if (init.exitCode !== null || init.signalCode !== null) return;
      init.stdin.end();
      await once(init, 'exit');
    },
  };
}

/** Waits until the host says `ready`, and answers its number. */
async function furnished(init: ChildProcess): Promise<string> {
  const complaints: string[] = [];
  init.stderr!.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const said: string[] = [];
  for await (const line of createInterface({ input: init.stdout! })) {
    if (line === 'ready') return said[0]!;
    said.push(line);
  }
  throw new Error(`the host of a real node cannot be made: ${complaints.join('')}`);
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd: '/', maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${args.join(' ')}: ${stderr || error.message}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** A program inside; what one holds is `nsenter`, which passes no signals on, so its only child gets them. */
class EnteredProgram extends RunningProgram {
  constructor(directory: string, path: string, args: readonly string[]) {
    const name = path.split('/').at(-1)!;
    super('nsenter', args, join(directory, `${name}.log`), name);
  }

  protected override signal(name: NodeJS.Signals): void {
    const child = this.pid && childOf(this.pid);
    if (child) process.kill(child, name);
    else super.signal(name);
  }
}

function childOf(parent: number): number | undefined {
  return readdirSync('/proc')
    .map(Number)
    .find((pid) => pid > 0 && parentOf(pid) === parent);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // It ended while we looked.
  }
}
