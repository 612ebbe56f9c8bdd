/**
 * Speaks to a serf agent as its own command line does: MessagePack over one connection, a header and perhaps a body each
 * way, answers told apart by number. See "RPC protocol" of serf's documentation.
 */
import { connect, type Socket } from 'node:net';
import { decodeMultiStream, encode } from '@msgpack/msgpack';
import { z } from 'zod';

export interface SerfOptions {
  /** @default '127.0.0.1:7373' */
  readonly address?: string;
  /** `rpc_auth` of the agent. */
  readonly key?: string | undefined;
}

export interface SerfMember {
  readonly name: string;
  readonly address: string;
  readonly tags: Readonly<Record<string, string>>;
  /** What its peers hold of it. */
  readonly status: 'alive' | 'leaving' | 'left' | 'failed' | 'none';
}

export interface SerfQuery {
  readonly name: string;
  readonly payload: string;
  /** Only these members are to answer. */
  readonly nodes: readonly string[];
  readonly timeoutMs: number;
}

/** `done` comes when the query's time is up: serf itself ends none earlier. */
export type SerfReply =
  | { readonly kind: 'ack'; readonly from: string }
  | { readonly kind: 'response'; readonly from: string; readonly payload: Uint8Array }
  | { readonly kind: 'done' };

const HEADER = z.object({ Seq: z.number(), Error: z.instanceof(Uint8Array) });
const STATUS = z.enum(['alive', 'leaving', 'left', 'failed', 'none']);
const TEXT = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString());
const MEMBERS = z.object({
  Members: z
    .array(
      z.object({
        Name: TEXT,
        Addr: z.instanceof(Uint8Array),
        Tags: z.record(z.string(), TEXT).nullable(),
        Status: TEXT.pipe(STATUS),
      }),
    )
    .nullable(),
});
const RECORD = z.object({
  Type: TEXT.pipe(z.enum(['ack', 'response', 'done'])),
  From: TEXT,
  Payload: z.instanceof(Uint8Array).nullable(),
});

interface Waiting {
  /** Does a body come with this answer? */
  readonly body: boolean;
  /** More may come under the same number. */
  readonly onBody: (error: string, body: unknown) => void;
}

const RPC_VERSION = 1;
/** So many others pass each answer on, too, for a datagram may be lost. */
const RELAYS = 2;

export class SerfClient implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #streams = new Map<number, (reply: SerfReply) => void>();
  readonly #closed = Promise.withResolvers<never>();
  #seq = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed.promise.catch(() => undefined);
  }

  /** @throws Error when no agent listens there, or it does not let us in */
  static async connect({ address = '127.0.0.1:7373', key }: SerfOptions = {}): Promise<SerfClient> {
    const at = address.lastIndexOf(':');
    const socket = connect({ host: address.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) => reject(new Error(`no serf agent answers at ${address}`, { cause })));
    });
    const client = new SerfClient(socket);
    void client.#read();
    try {
      await client.#ask('handshake', { Version: RPC_VERSION });
      if (key !== undefined) await client.#ask('auth', { AuthKey: key });
      return client;
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
  }

  async members(): Promise<SerfMember[]> {
    const { Members } = MEMBERS.parse(await this.#ask('members', undefined, true));
    return (Members ?? []).map(({ Name, Addr, Tags, Status }) => ({
      name: Name,
      address: addressText(Addr),
      tags: Tags ?? {},
      status: Status,
    }));
  }

  /**
   * Tells each answer as it comes. Ending the iteration ends the listening and nothing else: serf has no word for it.
   * @throws Error when the agent refuses the query, for its length for one
   */
  async *query({ name, payload, nodes, timeoutMs }: SerfQuery): AsyncGenerator<SerfReply> {
    const replies: SerfReply[] = [];
    let wake = () => {};
    const seq = this.#seq + 1;
    this.#streams.set(seq, (reply) => {
      replies.push(reply);
      wake();
    });
    try {
      const body = {
        Name: name,
        Payload: payload,
        FilterNodes: nodes,
        RequestAck: true,
        RelayFactor: RELAYS,
        Timeout: timeoutMs * 1_000_000,
      };
      await this.#ask('query', body);
      for (;;) {
        const reply = replies.shift();
        if (reply) yield reply;
        else await Promise.race([new Promise<void>((resolve) => (wake = resolve)), this.#closed.promise]);
        if (reply?.kind === 'done') return;
      }
    } finally {
      this.#streams.delete(seq);
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #ask(command: string, body?: object, answered = false): Promise<unknown> {
    const seq = ++this.#seq;
    const answer = new Promise<unknown>((resolve, reject) => {
      const onBody = (error: string, what: unknown) => (error ? reject(new Error(`serf: ${error}`)) : resolve(what));
      this.#waiting.set(seq, { body: answered, onBody });
    });
    this.#socket.write(encode({ Command: command, Seq: seq }));
    if (body) this.#socket.write(encode(body));
    return Promise.race([answer, this.#closed.promise]);
  }

  /** Strings are read as bytes: what a host answers need be no text. */
  async #read(): Promise<void> {
    try {
      const objects = decodeMultiStream<undefined>(this.#socket, { rawStrings: true })[Symbol.asyncIterator]();
      for (let head = await objects.next(); !head.done; head = await objects.next()) {
        const { Seq, Error: words } = HEADER.parse(head.value);
        await this.#take(Seq, Buffer.from(words).toString(), async () => (await objects.next()).value as unknown);
      }
      throw new Error('the serf agent has closed the connection');
    } catch (error) {
      this.#closed.reject(error);
      this.#socket.destroy();
    }
  }

  async #take(seq: number, error: string, body: () => Promise<unknown>): Promise<void> {
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    if (waiting) return waiting.onBody(error, waiting.body && !error ? await body() : undefined);
    const { Type, From, Payload } = RECORD.parse(await body());
    const tell = this.#streams.get(seq);
    // Between a query's end and its `done` serf says many times that nobody has said nothing.
    if (From === '' && Type !== 'done') return;
    if (Type === 'response') tell?.({ kind: 'response', from: From, payload: Payload ?? new Uint8Array() });
    else tell?.(Type === 'ack' ? { kind: 'ack', from: From } : { kind: 'done' });
  }
}

/** IPv4 comes as IPv6 that wraps it. */
function addressText(bytes: Uint8Array): string {
  const ipv4 = bytes.length === 4 || bytes.subarray(0, 10).every((byte) => byte === 0);
  if (ipv4) return [...bytes.subarray(-4)].join('.');
  return Buffer.from(bytes).toString('hex').match(/.{4}/g)!.join(':');
}
