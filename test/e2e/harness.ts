/** Starts `./jdos up` for real on free ports in a directory of its own, and runs kubectl and jdos against it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';

export const ROOT = dirname(dirname(import.meta.dirname));
const JDOS = join(ROOT, 'jdos');
const KUBECTL = process.env.JDOS_KUBECTL ?? 'kubectl';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export interface UpOptions {
  /** Further arguments of `jdos up`, e.g. `['--hosts', '5']`. */
  readonly args?: readonly string[];
  /** An existing data directory, which is then kept; else a new one that goes away with the cluster. */
  readonly data?: string;
  readonly readyMs?: number;
  /** As people start it, with examples on the fleet. @default false: an empty fleet */
  readonly examples?: boolean;
}

/** A running `jdos up`. */
export class Cluster {
  readonly data: string;
  readonly kubeconfig: string;
  readonly apiPort: number;
  readonly consolePort: number;
  readonly process: ChildProcess;
  readonly #keep: boolean;
  #log = '';

  private constructor(data: string, ports: readonly [number, number], child: ChildProcess, keep: boolean) {
    this.data = data;
    this.kubeconfig = join(data, 'kubeconfig');
    [this.apiPort, this.consolePort] = ports;
    this.process = child;
    this.#keep = keep;
    process.once('exit', () => child.kill('SIGKILL'));
    child.stdout?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.#log += chunk.toString()));
  }

  static async up({ args = [], data, readyMs = 90_000, examples = false }: UpOptions = {}): Promise<Cluster> {
    const dir = data ?? mkdtempSync(join(tmpdir(), 'jdos-e2e-'));
    const ports = [await freePort(), await freePort()] as const;
    const own = [
      ...(examples ? [] : ['--plain']),
      '--data',
      dir,
      '--api-port',
      String(ports[0]),
      '--console-port',
      String(ports[1]),
    ];
    const child = spawn(JDOS, ['up', ...own, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const cluster = new Cluster(dir, ports, child, data !== undefined);
    await cluster.#ready(readyMs);
    return cluster;
  }

  /** What `jdos up` has printed so far. */
  get log(): string {
    return this.#log;
  }

  kubectl(args: readonly string[] | string, options: RunOptions = {}): Promise<Output> {
    const list = typeof args === 'string' ? args.split(' ') : args;
    return run(KUBECTL, list, { ...options, env: { KUBECONFIG: this.kubeconfig, ...options.env } });
  }

  /** kubectl that must succeed; answers its stdout. */
  async kubectlOk(args: readonly string[] | string, options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.kubectl(args, options);
    if (code !== 0) throw new Error(`kubectl ${args} exited ${code}: ${stderr || stdout}`);
    return stdout;
  }

  /** `jdos` against this instance. */
  jdos(args: readonly string[] | string, options: RunOptions = {}): Promise<Output> {
    const list = typeof args === 'string' ? args.split(' ') : args;
    return run(JDOS, list, { ...options, env: { JDOS_DATA: this.data, ...options.env } });
  }

  /** Asks again until the condition holds; the failure shows the last thing seen. */
  until<T>(ask: () => Promise<T>, holds: (seen: T) => boolean, options: { ms?: number; what?: string } = {}) {
    return eventually(ask, holds, options);
  }

  /** Stops it with SIGTERM; the data directory goes too unless it was given. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
      await once(this.process, 'exit');
    }
    if (!this.#keep) rmSync(this.data, { recursive: true, force: true });
    return this.process.exitCode;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop().then(() => undefined);
  }

  async #ready(ms: number): Promise<void> {
    const ask = async () => {
      if (this.process.exitCode !== null) throw new Error(`jdos up exited ${this.process.exitCode}:\n${this.#log}`);
      return fetch(`http://127.0.0.1:${this.consolePort}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
    };
    try {
      await eventually(ask, (ok) => ok, { ms, what: 'jdos up ready' });
    } catch (error) {
      await this.stop('SIGKILL');
      throw new Error(`${(error as Error).message}\n${this.#log}`, { cause: error });
    }
  }
}

export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (seen: T) => boolean,
  { ms = 60_000, what = 'the condition', lookMs = 250 }: { ms?: number; what?: string; lookMs?: number } = {},
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await ask();
    if (holds(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what} did not come true in ${ms} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { input = '', env = {}, cwd = ROOT, timeoutMs = 120_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, timeout: timeoutMs });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, ...output }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
