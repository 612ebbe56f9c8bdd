/** One case's conversation with an API server: every exchange that is not quiet is recorded. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../src/controlplane/registry/definition.ts';
import type { Answer, Transport } from '../../src/kube/index.ts';
import { placeOf } from './places.ts';
import { plain } from './plain.ts';

export interface Ask {
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Json;
  /** What of the answer is recorded. @default all */
  readonly pick?: (body: Json) => unknown;
}

/** What a record holds of an exchange. */
export interface Exchange {
  readonly asked: string;
  readonly code: number;
  readonly warnings?: readonly string[];
  readonly body?: Json;
}

export type PatchKind = keyof typeof PATCHES;

const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

const PATIENCE_MS = 30_000;

export class Talk {
  readonly namespace: string;
  readonly exchanges: Exchange[] = [];
  /** Records metadata.managedFields too. */
  managedFields = false;
  readonly #transport: Transport;
  readonly #suffix: string;

  constructor(transport: Transport, suffix: string) {
    this.#transport = transport;
    this.#suffix = suffix;
    this.namespace = this.name('ns');
  }

  /** A name that no other case has. */
  name(text: string): string {
    return text + this.#suffix;
  }

  get(path: string, ask: Ask = {}): Promise<Json> {
    return this.send('GET', path, ask);
  }

  post(path: string, body: Json, ask: Ask = {}): Promise<Json> {
    return this.send('POST', path, { ...ask, body });
  }

  put(path: string, body: Json, ask: Ask = {}): Promise<Json> {
    return this.send('PUT', path, { ...ask, body });
  }

  patch(kind: PatchKind, path: string, body: Json, ask: Ask = {}): Promise<Json> {
    return this.send('PATCH', path, { ...ask, body, headers: { 'content-type': PATCHES[kind], ...ask.headers } });
  }

  delete(path: string, body?: Json, ask: Ask = {}): Promise<Json> {
    return this.send('DELETE', path, {
      ...ask,
      ...(body && { body: { apiVersion: 'v1', kind: 'DeleteOptions', ...body } }),
    });
  }

  apply(manager: string, path: string, body: Json, ask: Ask = {}): Promise<Json> {
    return this.patch('apply', path, body, { ...ask, query: { fieldManager: manager, ...ask.query } });
  }

  /** Setting the stage: not recorded, and must succeed. */
  async quietly(method: string, path: string, body?: Json, ask: Ask = {}): Promise<Json> {
    const answer = await this.#exchange(method, path, { ...ask, body });
    const value = parse(answer);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(value)}`);
    return value;
  }

  async send(method: string, path: string, ask: Ask): Promise<Json> {
    const answer = await this.#exchange(method, path, ask);
    const value = parse(answer);
    const picked = ask.pick && answer.status < 300 ? ask.pick(value) : value;
    const warnings = warningsOf(answer);
    this.#record({
      asked: `${method} ${path}${queryOf(ask)}`,
      code: answer.status,
      ...(warnings.length > 0 && { warnings }),
      ...(picked !== undefined && { body: picked as Json }),
    });
    return value;
  }

  /** An answer as it comes; not recorded. */
  async bytes(path: string, ask: Ask = {}): Promise<{ bytes: Buffer; type: string | undefined }> {
    const answer = await this.#exchange('GET', path, ask);
    return { bytes: Buffer.from(answer.body), type: answer.headers['content-type'] };
  }

  /** Adds something found out to the record. */
  note(asked: string, body: Json): void {
    this.#record({ asked, code: 0, body });
  }

  /** Waits until a resource answers as wanted; not recorded. 404 is `undefined`. */
  async until(path: string, holds: (value: Json) => boolean, ask: Ask = {}): Promise<Json> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const answer = await this.#exchange('GET', path, ask);
      const value = answer.status === 404 ? undefined : parse(answer);
      if (holds(value)) return value;
      if (Date.now() > end) throw new Error(`${path} did not come true; last seen: ${JSON.stringify(value)}`);
      await delay(25);
    }
  }

  /** Records the first `count` events of a watch, or all until the server ends it. */
  async watch(path: string, count: number, ask: Ask = {}, meanwhile?: () => Promise<unknown>): Promise<Json[]> {
    const stop = new AbortController();
    const query = { watch: true, timeoutSeconds: 20, ...ask.query };
    const full = placeOf(path, this.namespace) + queryOf({ query });
    const headers = { accept: 'application/json', ...ask.headers };
    const answer = await this.#transport.stream({ method: 'GET', path: full, headers, signal: stop.signal });
    const events: Json[] = [];
    const doing = meanwhile?.();
    let rest = '';
    for await (const chunk of answer.body) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n');
      rest = lines.pop()!;
      events.push(...lines.filter(Boolean).map((line) => JSON.parse(line)));
      if (events.length >= count || answer.status >= 300) break;
    }
    stop.abort();
    await doing;
    if (answer.status >= 300 && rest) events.push(JSON.parse(rest));
    const shown = events.slice(0, count).map((event) => ask.pick?.(event) ?? event);
    this.#record({ asked: `WATCH ${path}${queryOf(ask)}`, code: answer.status, body: shown });
    return events;
  }

  #exchange(method: string, path: string, { query, headers, body }: Ask): Promise<Answer> {
    return this.#transport.send({
      method,
      path: placeOf(path, this.namespace) + queryOf({ ...(query && { query }) }),
      headers: {
        accept: 'application/json',
        'user-agent': 'conformance/1.0',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  #record(exchange: Exchange): void {
    const whole: Json = JSON.parse(JSON.stringify(exchange));
    this.exchanges.push(plain(whole, { suffix: this.#suffix, managedFields: this.managedFields }));
  }
}

function queryOf({ query = {} }: Ask): string {
  const pairs = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  return pairs.size > 0 ? `?${pairs}` : '';
}

function parse(answer: Answer): Json {
  const text = Buffer.from(answer.body).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `299 - "text"`, several joined by commas. */
function warningsOf({ headers }: Answer): string[] {
  const found = (headers.warning ?? '').matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return [...found].map(([, text]) => text!.replace(/\\(.)/g, '$1'));
}
