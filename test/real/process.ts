/** A program of the real Kubernetes, run until it is told to stop; what it says goes to a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';

const PATIENCE_MS = 10_000;

export class RunningProgram {
  readonly name: string;
  readonly log: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #atExit = () => this.signal('SIGKILL');

  constructor(path: string, args: readonly string[], log: string, name = basename(path)) {
    this.name = name;
    this.log = log;
    const file = openSync(log, 'a');
    this.#child = spawn(...mortal(path, args), { stdio: ['ignore', file, file] });
    closeSync(file);
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    process.once('exit', this.#atExit);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Rejects with the end of the log as soon as the program is gone; never resolves. */
  async failure(): Promise<never> {
    await this.#exited;
    const tail = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(`${this.name} ended (code ${this.#child.exitCode}); the end of ${this.log}:\n${tail}`);
  }

  /** Asks, waits, and ends it by force if it does not go. */
  async stop(): Promise<void> {
    process.off('exit', this.#atExit);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.signal('SIGTERM');
    const force = setTimeout(() => this.signal('SIGKILL'), PATIENCE_MS);
    await this.#exited;
    clearTimeout(force);
  }

  protected signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

/** Where the system can, the program dies with us, even if we are killed. */
function mortal(path: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux') return [path, [...args]];
  return ['setpriv', ['--pdeathsig', 'KILL', '--', path, ...args]];
}
