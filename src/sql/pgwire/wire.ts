/** A connection as messages: bytes in, bytes out, no faster than the other side reads. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { ProtocolError } from './frontend.ts';

export interface RawMessage {
  /** One letter; empty for the first message of a connection. */
  readonly type: string;
  readonly body: Buffer;
}

/** A message of a client that knows what it does is no longer. */
const MOST_BYTES = 16 << 20;
/** Before it has signed in nobody has much to say. */
const MOST_UNKNOWN_BYTES = 64 << 10;
/** A client that takes nothing for so long is let go. */
const PATIENCE_MS = 60_000;

export class Wire {
  readonly socket: Socket;
  readonly #closed = new AbortController();
  #chunks: Buffer[] = [];
  #size = 0;
  #most = MOST_UNKNOWN_BYTES;
  #wake: (() => void) | undefined;
  #out: Buffer[] = [];
  #outSize = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.#close());
    socket.once('close', () => this.#close());
  }

  /** Aborted when the client has gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Takes longer messages from now on. */
  trust(): void {
    this.#most = MOST_BYTES;
  }

  /** Undefined when the client has gone. @throws ProtocolError */
  async next(first = false): Promise<RawMessage | undefined> {
    const head = first ? 4 : 5;
    if (!(await this.#has(head))) return undefined;
    const length = this.#peek(head).readInt32BE(head - 4);
    if (length < 4 || length > this.#most) throw new ProtocolError(`a message cannot be ${length} bytes long`);
    if (!(await this.#has(head - 4 + length))) return undefined;
    const whole = this.#cut(head - 4 + length);
    return { type: first ? '' : whole.toString('latin1', 0, 1), body: whole.subarray(head) };
  }

  /** Bytes that have come and have not been read: none may be there when a connection turns to TLS. */
  get pending(): number {
    return this.#size;
  }

  /** Gathers; what is gathered goes with `flush`, or by itself when it is much. */
  async send(...messages: readonly Buffer[]): Promise<void> {
    for (const message of messages) {
      this.#out.push(message);
      this.#outSize += message.length;
    }
    if (this.#outSize > 64 << 10) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#outSize === 0 || this.socket.destroyed) return;
    const bytes = Buffer.concat(this.#out);
    [this.#out, this.#outSize] = [[], 0];
    if (this.socket.write(bytes)) return;
    const timer = setTimeout(() => this.socket.destroy(), PATIENCE_MS);
    await Promise.race([once(this.socket, 'drain'), once(this.socket, 'close')]).catch(() => undefined);
    clearTimeout(timer);
  }

  /** Lets go of the socket, for TLS to take it over. */
  release(): void {
    for (const event of ['data', 'end', 'close', 'error']) this.socket.removeAllListeners(event);
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#most * 2) this.socket.pause();
    this.#wake?.();
  }

  #close(): void {
    this.#closed.abort(new Error('the client has gone'));
    this.#wake?.();
  }

  async #has(bytes: number): Promise<boolean> {
    while (this.#size < bytes) {
      if (this.closed.aborted) return false;
      this.socket.resume();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return true;
  }

  #peek(bytes: number): Buffer {
    if (this.#chunks[0]!.length < bytes) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0]!;
  }

  #cut(bytes: number): Buffer {
    const all = this.#peek(bytes);
    const rest = all.subarray(bytes);
    if (rest.length > 0) this.#chunks[0] = rest;
    else this.#chunks.shift();
    this.#size -= bytes;
    return all.subarray(0, bytes);
  }
}
