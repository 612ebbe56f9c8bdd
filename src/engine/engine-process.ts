/** One life of the engine's process: started, spoken to over a pipe, and its end told once. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { confined } from './confinement.ts';
import { type EngineError, errorOf } from './engine-error.ts';
import { encodeFrame, FrameReader, frameOf } from './frame.ts';
import type { Reply, Request } from './message.ts';

export interface ProcessSettings {
  readonly memoryLimit: string;
  readonly threads: number;
  readonly directories: readonly string[];
  readonly holdsMemory: boolean;
}

const MAIN = fileURLToPath(new URL('./process/main.ts', import.meta.url));

export class EngineProcess {
  /** Resolves when it answers; rejects if it ends before. */
  readonly ready: Promise<void>;
  /** What it said last of itself, or how it ended. Never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #pipe: Duplex;
  readonly #listeners = new Map<number, (reply: Reply) => void>();
  #next = 1;
  #over = false;

  constructor(settings: ProcessSettings) {
    const { file, args, env } = confined(MAIN, settings);
    this.#child = spawn(file, args, { env, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    this.#pipe = this.#child.stdio[3] as Duplex;
    this.#pipe.on('error', () => undefined);
    this.#listen();
    this.ready = new Promise((resolve, reject) => {
      this.#listeners.set(0, () => resolve());
      void this.#end().then((how) => reject(new Error(`the query engine ended before it was ready: ${how}`)));
    });
    this.ready.catch(() => undefined);
    this.ended = this.#end();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Answers go to `listener` until `forget`. @throws EngineError when the process has ended */
  ask(request: Request, listener: (reply: Reply) => void): number {
    return this.#ask((id) => encodeFrame(id, request), listener);
  }

  /** The same with a request that has been encoded by `v8.serialize`. */
  askEncoded(payload: Uint8Array, listener: (reply: Reply) => void): number {
    return this.#ask((id) => frameOf(id, payload), listener);
  }

  tell(id: number, request: Request): void {
    if (!this.#over) this.#pipe.write(encodeFrame(id, request));
  }

  forget(id: number): void {
    this.#listeners.delete(id);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #ask(frame: (id: number) => Buffer, listener: (reply: Reply) => void): number {
    if (this.#over) throw restarted();
    const id = this.#next++;
    this.#listeners.set(id, listener);
    this.#pipe.write(frame(id));
    return id;
  }

  #listen(): void {
    const frames = new FrameReader<Reply>();
    this.#pipe.on('data', (chunk: Buffer) => {
      for (const { id, message } of frames.push(chunk)) this.#listeners.get(id)?.(message);
    });
  }

  #end(): Promise<string> {
    let said = '';
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2000);
    });
    return new Promise((resolve) => {
      const end = (how: string) => {
        this.#over = true;
        for (const [id, listener] of this.#listeners) if (id > 0) listener({ kind: 'failed', fault: DIED });
        this.#listeners.clear();
        resolve(said.trim() || how);
      };
      this.#child.once('error', (error) => end(error.message));
      this.#child.once('exit', (code, signal) => end(`code ${code ?? signal}`));
    });
  }
}

const DIED = { type: 'Restart', message: 'the query engine ended; it is being started again' };

function restarted(): EngineError {
  return errorOf(DIED);
}
