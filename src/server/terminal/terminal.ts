/**
 * A terminal between a browser's WebSocket and a command in a container. Bytes travel as binary frames both ways; text
 * frames are words: from the browser `{"columns":80,"rows":24}`, to it how it ended.
 */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { type Clock, type ExecSession, StatusError } from '../../kube/index.ts';
import { refused } from '../cluster-door.ts';
import { type Language, Problem } from '../problem.ts';

export interface TerminalOptions {
  readonly open: (signal: AbortSignal) => Promise<ExecSession>;
  /** Asked now and then: a terminal does not outlive the session that opened it. */
  readonly allowed: () => Promise<boolean>;
  readonly clock: Clock;
  readonly language: Language;
}

/** How a terminal ended, for the browser and the audit. */
export interface TerminalEnd {
  readonly exitCode?: number;
  readonly problem?: Record<string, unknown>;
}

const SIZE = z.object({ columns: z.number().int().min(1).max(1000), rows: z.number().int().min(1).max(1000) });
const LOOK_MS = 30_000;
/** Nobody has typed for so long. */
const IDLE_MS = 30 * 60_000;

/** Resolves when it is over, whoever ended it. */
export async function serveTerminal(socket: WebSocket, options: TerminalOptions): Promise<TerminalEnd> {
  const ending = new AbortController();
  const early: [Buffer, boolean][] = [];
  const keep = (data: Buffer, isBinary: boolean) => void early.push([data, isBinary]);
  socket.on('message', keep);
  socket.on('close', () => ending.abort());
  socket.on('error', () => ending.abort());
  const watch = new Watch(ending, options);
  try {
    const session = await options.open(ending.signal);
    socket.off('message', keep);
    const onMessage = (data: Buffer, isBinary: boolean) => {
      if (isBinary) watch.typed();
      take(session, data, isBinary);
    };
    for (const [data, isBinary] of early) onMessage(data, isBinary);
    socket.on('message', onMessage);
    for await (const chunk of session.stdout) await sent(socket, chunk);
    return told(socket, { exitCode: await session.exitCode });
  } catch (error) {
    return told(socket, { problem: problemOf(error, ending.signal).document(options.language) });
  } finally {
    watch.stop();
    ending.abort();
    socket.close(1000);
  }
}

/** Ends the terminal of somebody who has gone away from it, was signed out, or may no longer have it. */
class Watch {
  readonly #ending: AbortController;
  readonly #o: TerminalOptions;
  #typedAt: number;
  #cancel = () => {};

  constructor(ending: AbortController, options: TerminalOptions) {
    this.#ending = ending;
    this.#o = options;
    this.#typedAt = options.clock.now();
    this.#later();
  }

  typed(): void {
    this.#typedAt = this.#o.clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #later(): void {
    this.#cancel = this.#o.clock.after(LOOK_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const idle = this.#o.clock.now() - this.#typedAt > IDLE_MS;
    const stays = !idle && (await this.#o.allowed().catch(() => false));
    if (this.#ending.signal.aborted) return;
    if (stays) this.#later();
    else this.#ending.abort(new Problem(idle ? 'terminal-idle' : 'not-signed-in'));
  }
}

function take(session: ExecSession, data: Buffer, isBinary: boolean): void {
  if (isBinary) {
    session.write(data);
    return;
  }
  const size = SIZE.safeParse(parsed(data));
  if (size.success) session.resize(size.data.columns, size.data.rows);
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

/** A browser that reads slowly slows the command. */
function sent(socket: WebSocket, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.send(chunk, () => resolve()));
}

function told(socket: WebSocket, end: TerminalEnd): TerminalEnd {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(end));
  return end;
}

function problemOf(error: unknown, signal: AbortSignal): Problem {
  const cause = signal.aborted && signal.reason instanceof Problem ? signal.reason : refused(error);
  if (cause instanceof Problem) return cause;
  if (cause instanceof StatusError)
    return new Problem(cause.code < 500 ? 'bad-request' : 'cluster-away', { detail: cause.message, cause });
  return new Problem('cluster-away', { cause });
}
