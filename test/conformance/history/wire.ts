/** A bare HTTP/2 client: one connection, no retries, so that what happened to a request is known exactly. */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Access } from '../plane-process.ts';

// biome-ignore lint/suspicious/noExplicitAny: bodies of any kind are compared as they are
export type Body = any;

export interface Answer {
  readonly status: number;
  readonly body: Body;
}

export interface RequestOptions {
  /** Text and bytes go out as they are, all else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Wire {
  readonly #access: Access;
  #session: ClientHttp2Session | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /** The answer; rejects when the connection ends before it is complete. */
  request(method: string, path: string, { body, headers = {} }: RequestOptions = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stream = this.#open({ ':method': method, ':path': path, 'content-type': 'application/json', ...headers });
      let status = 0;
      const chunks: Buffer[] = [];
      stream.on('response', (head) => {
        status = Number(head[':status']);
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('close', () => reject(new Error('the stream was closed')));
      stream.on('end', () => {
        if (status === 0) return reject(new Error('the stream ended without an answer'));
        const text = Buffer.concat(chunks).toString();
        try {
          resolve({ status, body: text === '' ? undefined : JSON.parse(text) });
        } catch {
          reject(new Error(`half an answer: ${text.slice(-80)}`));
        }
      });
      stream.end(
        body === undefined
          ? undefined
          : typeof body === 'string' || body instanceof Uint8Array
            ? body
            : JSON.stringify(body),
      );
    });
  }

  /** Lines of a stream until either side ends it. A last line without an end is dropped. */
  async stream(
    path: string,
    headers: Readonly<Record<string, string>>,
    onLine: (line: string) => void,
    onOpen: (cut: () => void) => void,
  ): Promise<number> {
    const stream = this.#open({ ':method': 'GET', ':path': path, ...headers });
    onOpen(() => stream.destroy());
    stream.end();
    let status = 0;
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('response', (head) => {
      status = Number(head[':status']);
    });
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) onLine(line);
    });
    stream.on('error', () => {});
    await new Promise<void>((resolve) => stream.on('close', () => resolve()));
    if (status !== 200 && rest) onLine(rest);
    return status;
  }

  /** Breaks the connection off, requests in flight and all; the next request opens another. */
  cut(): void {
    this.#session?.destroy();
    this.#session = undefined;
  }

  #open(headers: Record<string, string>) {
    if (!this.#session || this.#session.destroyed || this.#session.closed) this.#session = this.#connect();
    return this.#session.request(headers, { endStream: false });
  }

  #connect(): ClientHttp2Session {
    const { url, ca, cert, key } = this.#access;
    const session = connect(url, { ca, cert, key });
    session.on('error', () => session.destroy());
    return session;
  }
}
