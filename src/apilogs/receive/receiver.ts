/**
 * The endpoint of `--audit-webhook-config-file`: API servers send lists of events, and are answered when these are on disk.
 * Who cannot be served at the moment is told to come again (429), which API servers do; so a slow disk or a full one fills
 * their buffers before it loses anything.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer as createPlainServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { linesOf, NotAList } from './event-list.ts';
import type { Spool } from './spool.ts';

export interface ReceiverOptions {
  readonly spool: Spool;
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default any that is free */
  readonly port?: number;
  /** PEM. Without it nothing is encrypted. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** PEM: who comes without a certificate of this authority is turned away before he says anything. */
  readonly clientCa?: string;
  /** Who comes must show it. */
  readonly token?: string;
  /** Largest request. @default 64 MiB */
  readonly maxBytes?: number;
  /** What may wait on disk to be taken in. @default 1 GiB */
  readonly maxSpool?: number;
  /** Why nothing is taken at the moment, such as a full disk; undefined while all is well. */
  readonly paused?: () => string | undefined;
  readonly onError?: (error: unknown) => void;
}

export interface Received {
  readonly requests: number;
  readonly events: number;
  readonly turnedAway: number;
}

type Outcome = readonly [code: number, message: string];

const MAX_BYTES = 64 << 20;
const MAX_SPOOL = 2 ** 30;
/** Bodies that are held in memory at a time, in units of the largest. */
const AT_ONCE = 4;
const AGAIN_S = 1;

export class Receiver {
  readonly #o: ReceiverOptions;
  readonly #server: Server;
  readonly #token: Buffer | undefined;
  #held = 0;
  #received: Received = { requests: 0, events: 0, turnedAway: 0 };

  static async start(options: ReceiverOptions): Promise<Receiver> {
    const receiver = new Receiver(options);
    const { host = '127.0.0.1', port = 0 } = options;
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject);
      receiver.#server.listen(port, host, resolve);
    });
    return receiver;
  }

  private constructor(options: ReceiverOptions) {
    this.#o = options;
    this.#token = options.token === undefined ? undefined : digest(`Bearer ${options.token}`);
    const answer = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#server = options.tls ? createServer(tlsOf(options), answer) : createPlainServer(answer);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get received(): Received {
    return this.#received;
  }

  /** Requests that are under way are answered. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.#reply(response, await this.#outcome(request));
    } catch (error) {
      if (error instanceof NotAList) return this.#reply(response, [400, error.message]);
      if (request.destroyed && !request.complete) return;
      this.#o.onError?.(error);
      this.#reply(response, [429, 'what was sent could not be written down']);
    }
  }

  #reply(response: ServerResponse, [code, message]: Outcome): void {
    if (code !== 200) this.#received = { ...this.#received, turnedAway: this.#received.turnedAway + 1 };
    const status = code === 200 ? 'Success' : 'Failure';
    const again = code === 429 || code === 503 ? { 'retry-after': String(AGAIN_S) } : {};
    const who = code === 401 ? { 'www-authenticate': 'Bearer' } : {};
    // What is left of a request that is refused is not read.
    const over = response.req.complete ? {} : { connection: 'close' };
    response.writeHead(code, { 'content-type': 'application/json', ...again, ...who, ...over });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status, message, code }));
  }

  async #outcome(request: IncomingMessage): Promise<Outcome> {
    const busy = this.#busy();
    if (/^\/(healthz|livez|readyz)$/.test(request.url ?? '')) return busy ? [503, busy] : [200, 'ok'];
    if (!this.#knows(request)) return [401, 'expected the bearer token of this receiver'];
    if (request.method !== 'POST') return [405, 'expected POST of an EventList of audit.k8s.io/v1'];
    if (busy) return [429, busy];
    const { maxBytes = MAX_BYTES } = this.#o;
    const body = await this.#body(request, maxBytes);
    if (body === 'too large')
      return [413, `expected at most ${maxBytes} bytes; have the API server send smaller batches`];
    if (body === 'busy') return [429, 'too much is under way'];
    return await this.#keep(body);
  }

  async #keep(body: Buffer): Promise<Outcome> {
    try {
      const { text, events } = linesOf(body);
      if (events > 0) await this.#o.spool.append(text);
      const { requests, events: before } = this.#received;
      this.#received = { ...this.#received, requests: requests + 1, events: before + events };
      return [200, 'kept'];
    } finally {
      this.#held -= body.length;
    }
  }

  #busy(): string | undefined {
    const { paused, spool, maxSpool = MAX_SPOOL } = this.#o;
    return paused?.() ?? (spool.bytes >= maxSpool ? 'too much waits to be taken in' : undefined);
  }

  /** What is compared has one length, whatever was sent. */
  #knows({ headers }: IncomingMessage): boolean {
    return this.#token === undefined || timingSafeEqual(digest(headers.authorization ?? ''), this.#token);
  }

  /** Its bytes count as held until they are kept, or given up here. */
  async #body(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too large' | 'busy'> {
    const parts: Buffer[] = [];
    let size = 0;
    const giveUp = <T>(why: T): T => {
      this.#held -= size;
      return why;
    };
    try {
      for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += part.length;
        this.#held += part.length;
        if (size > maxBytes) return giveUp('too large');
        if (this.#held > AT_ONCE * maxBytes) return giveUp('busy');
        parts.push(part);
      }
    } catch (error) {
      throw giveUp(error);
    }
    return Buffer.concat(parts);
  }
}

function tlsOf({ tls, clientCa }: ReceiverOptions) {
  const clients = clientCa ? { ca: clientCa, requestCert: true, rejectUnauthorized: true } : {};
  return { ...tls, ...clients, minVersion: 'TLSv1.2' as const };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
