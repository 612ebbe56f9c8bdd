/** A control plane in a child process that can be killed and comes back on the same port with the same data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

const MAIN = join(import.meta.dirname, 'plane-main.ts');

/** How to reach a server as its administrator. */
export interface Access {
  readonly url: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface PlaneProcessOptions {
  /** How fast the plane's clock runs. @default 1 */
  readonly speed?: number;
  /** An existing data directory, which is then kept. */
  readonly dataDir?: string;
  readonly nodeOptions?: readonly string[];
}

export class PlaneProcess {
  readonly dataDir: string;
  readonly #options: PlaneProcessOptions;
  readonly #epoch = Date.now();
  #child: ChildProcess | undefined;
  #access: Access | undefined;
  #stderr = '';
  #ready = false;

  private constructor(options: PlaneProcessOptions) {
    this.#options = options;
    this.dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'jdos-history-'));
  }

  static async start(options: PlaneProcessOptions = {}): Promise<PlaneProcess> {
    const plane = new PlaneProcess(options);
    await plane.restart();
    return plane;
  }

  get access(): Access {
    return this.#access!;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** Does it answer requests? */
  get ready(): boolean {
    return this.#ready && this.running;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that the process has complained of. */
  get complaints(): string {
    return this.#stderr;
  }

  /** Starts the process again; it must not be running. */
  async restart(): Promise<void> {
    const { speed = 1, nodeOptions = [] } = this.#options;
    const port = this.#access ? new URL(this.#access.url).port : '0';
    const args = ['--disable-warning=ExperimentalWarning', ...nodeOptions, MAIN, this.dataDir, port];
    const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'jdos-compile-cache') };
    const child = spawn(process.execPath, [...args, String(this.#epoch), String(speed)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    });
    this.#child = child;
    const killed = () => child.kill('SIGKILL');
    process.once('exit', killed);
    child.once('exit', () => process.off('exit', killed));
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    for await (const line of createInterface(child.stdout)) {
      this.#access = accessFrom(JSON.parse(line));
      this.#ready = true;
      return;
    }
    throw new Error(`the control plane did not start:\n${this.#stderr}`);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || !this.running) return;
    this.#ready = false;
    child.kill(signal);
    await once(child, 'exit');
  }

  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    if (!this.#options.dataDir) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

function accessFrom({ url, kubeconfig }: { url: string; kubeconfig: string }): Access {
  const { clusters, users } = parse(kubeconfig);
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return {
    url,
    ca: bytes(clusters[0].cluster['certificate-authority-data']),
    cert: bytes(users[0].user['client-certificate-data']),
    key: bytes(users[0].user['client-key-data']),
  };
}
