/** Speaks to one API server. */

import type { Registry } from 'prom-client';
import type { ObserveRequest } from './client-metrics.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClusterTarget } from './cluster-target.ts';
import { ConnectionError } from './connection-error.ts';
import { type ExecOptions, type ExecSession, openExec } from './exec-session.ts';
import { listPages } from './list-pages.ts';
import type { Draft, KubeObject } from './object.ts';
import { listQuery, logQuery, patchQuery, type Query, queryText, watchQuery, writeQuery } from './query.ts';
import { refusalOf } from './refusal.ts';
import type {
  DeleteCollectionOptions,
  DeleteOptions,
  Deletion,
  GetOptions,
  ListOptions,
  LogOptions,
  Patch,
  WatchOptions,
  WriteOptions,
} from './request-options.ts';
import { apiVersionOf, PODS, pathOf, type ResourceType } from './resource-type.ts';
import { withRetry } from './retry.ts';
import type { Status } from './status.ts';
import {
  type Answer,
  createTransport,
  type StreamedAnswer,
  type Transport,
  type TransportRequest,
} from './transport.ts';
import type { WatchEvent } from './watch-event.ts';
import { LineSplitter, parseWatchEvent } from './watch-stream.ts';
import { Watchdog } from './watchdog.ts';

export interface ClientOptions {
  readonly clock?: Clock;
  /** @default 'jdos' */
  readonly userAgent?: string;
  /** Connections for short requests at most; watches open their own. @default 32 */
  readonly connections?: number;
  /** Offer HTTP/2 where the server speaks it. @default true */
  readonly http2?: boolean;
  /** Give a short request up after so long without an answer. @default 65_000 */
  readonly timeoutMs?: number;
  /** A watch with bookmarks that is silent for so long is taken for dead. @default 150_000 */
  readonly watchIdleMs?: number;
  /** How often a request is sent again when the server asks for it with Retry-After. @default 10 */
  readonly retries?: number;
  /** Told of each `Warning` header's text. */
  readonly onWarning?: (text: string) => void;
  /** Where the counts and times of requests go; nowhere without it. */
  readonly metrics?: Registry;
  /** In place of the network. */
  readonly transport?: Transport;
}

export interface ObjectList<T> {
  items: T[];
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

export interface RawRequest {
  query?: Query;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal?: AbortSignal;
}

export interface RawResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}

const PATCH_TYPES: Readonly<Record<Patch['kind'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Every refusal rejects with a StatusError, every fault of the connection with a ConnectionError. */
export class KubeClient {
  readonly target: ClusterTarget;
  readonly #transport: Transport;
  readonly #options: ClientOptions;
  readonly #clock: Clock;
  #observe: ObserveRequest | undefined;

  constructor(target: ClusterTarget, options: ClientOptions = {}) {
    this.target = target;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#transport = options.transport ?? networkTransport(target, options);
    if (options.metrics) void this.#openMetrics(options.metrics);
  }

  get<T extends KubeObject>(type: ResourceType<T>, name: string, o: GetOptions = {}): Promise<T> {
    const query = { resourceVersion: o.resourceVersion };
    return this.#json<T>('GET', pathOf(type, { ...o, name }), { query, signal: o.signal });
  }

  async list<T extends KubeObject>(type: ResourceType<T>, o: ListOptions = {}): Promise<ObjectList<T>> {
    const list = await this.#json<ObjectList<T>>('GET', pathOf(type, { namespace: o.namespace }), {
      query: listQuery(o),
      signal: o.signal,
    });
    const named = { apiVersion: apiVersionOf(type), kind: type.kind };
    return { items: (list.items ?? []).map((item) => ({ ...named, ...item })), metadata: list.metadata };
  }

  /** All objects at one snapshot, read in chunks. */
  async *listAll<T extends KubeObject>(type: ResourceType<T>, o: ListOptions = {}): AsyncGenerator<T> {
    for await (const page of listPages<T>((options) => this.list(type, options), o)) yield* page;
  }

  /**
   * Ends when the server ends it. With bookmarks a watch is never silent for long: one that is, for `watchIdleMs`, throws
   * a ConnectionError, and the next one takes another connection.
   */
  async *watch<T extends KubeObject>(type: ResourceType<T>, o: WatchOptions = {}): AsyncGenerator<WatchEvent<T>> {
    const path = pathOf(type, { namespace: o.namespace });
    const lines = new LineSplitter();
    const silence = new AbortController();
    using link = linked(silence, o.signal);
    try {
      const { body, retire } = await this.#stream('GET', path, { query: watchQuery(o), signal: link.signal });
      using watchdog = this.#watchdog(o, (silent) => {
        retire();
        silence.abort(silent);
      });
      for await (const chunk of body) {
        watchdog?.feed();
        for (const line of lines.push(chunk)) yield parseWatchEvent<T>(line);
      }
    } catch (error) {
      throw this.#fault('GET', path, error, o.signal);
    }
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: Draft<T>, o: WriteOptions = {}): Promise<T> {
    const namespace = object.metadata.namespace ?? o.namespace;
    return this.#write<T>('POST', pathOf(type, { namespace, ...sub(object.metadata.name, o) }), named(type, object), o);
  }

  replace<T extends KubeObject>(type: ResourceType<T>, object: T, o: WriteOptions = {}): Promise<T> {
    const { name, namespace = o.namespace } = object.metadata;
    return this.#write<T>('PUT', pathOf(type, { ...o, namespace, name }), named(type, object), o);
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    name: string,
    patch: Patch,
    o: WriteOptions = {},
  ): Promise<T> {
    if (patch.kind === 'apply' && !o.fieldManager) throw new TypeError('an apply patch needs a fieldManager');
    return this.#json<T>('PATCH', pathOf(type, { ...o, name }), {
      query: patchQuery(patch, o),
      headers: { 'content-type': PATCH_TYPES[patch.kind] },
      body: JSON.stringify(patch.body),
      signal: o.signal,
    });
  }

  /** Answers a Status when the object is gone, or the object while finalizers or a grace period keep it. */
  delete(type: ResourceType, name: string, o: DeleteOptions = {}): Promise<KubeObject | Status> {
    return this.#write('DELETE', pathOf(type, { ...o, name }), deleteBody(o), o);
  }

  async deleteCollection(type: ResourceType, o: DeleteCollectionOptions = {}): Promise<void> {
    const request = { query: listQuery(o), headers: JSON_BODY, body: JSON.stringify(deleteBody(o)), signal: o.signal };
    await this.#json('DELETE', pathOf(type, { namespace: o.namespace }), request);
  }

  /** POSTs to a subresource: `binding`, `eviction`, `token`, … */
  createSubresource<T>(
    type: ResourceType,
    name: string,
    subresource: string,
    body: object,
    o: WriteOptions = {},
  ): Promise<T> {
    return this.#write<T>('POST', pathOf(type, { ...o, name, subresource }), body, o);
  }

  async *logs(name: string, o: LogOptions): AsyncGenerator<Uint8Array> {
    const path = pathOf(PODS, { namespace: o.namespace, name, subresource: 'log' });
    try {
      yield* (await this.#stream('GET', path, { query: logQuery(o), signal: o.signal }, o.follow)).body;
    } catch (error) {
      throw this.#fault('GET', path, error, o.signal);
    }
  }

  async exec(name: string, o: ExecOptions): Promise<ExecSession> {
    const path = pathOf(PODS, { namespace: o.namespace, name, subresource: 'exec' });
    const { headers } = await this.#prepared('GET', path, { signal: o.signal });
    return openExec(this.target, path, headers, o);
  }

  /** One exchange as it is: no answer is an error. */
  async request(method: string, path: string, o: RawRequest = {}): Promise<RawResponse> {
    const send = () => this.#observed(method, async () => this.#transport.send(await this.#prepared(method, path, o)));
    try {
      const answer = await this.#retried(method, o, send);
      if (answer.headers.warning) this.#warn(answer.headers.warning);
      return answer;
    } catch (error) {
      throw this.#fault(method, path, error, o.signal);
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  #watchdog(o: WatchOptions, bark: (silent: Error) => void): Watchdog | undefined {
    if (!o.allowWatchBookmarks) return undefined;
    const ms = this.#options.watchIdleMs ?? 150_000;
    return new Watchdog(this.#clock, ms, () => bark(new Error(`nothing came for ${ms} ms`)));
  }

  #write<T>(method: string, path: string, body: object, o: WriteOptions): Promise<T> {
    const request = { query: writeQuery(o), headers: JSON_BODY, body: JSON.stringify(body), signal: o.signal };
    return this.#json<T>(method, path, request);
  }

  async #json<T>(method: string, path: string, o: RawRequest): Promise<T> {
    const answer = await this.request(method, path, o);
    if (answer.status >= 300) throw refusalOf(answer);
    try {
      return JSON.parse(textOf(answer.body)) as T;
    } catch (error) {
      throw this.#fault(method, path, error, undefined);
    }
  }

  async #stream(method: string, path: string, o: RawRequest, patient = false): Promise<StreamedAnswer> {
    const open = async () =>
      readRefusal(await this.#transport.stream({ ...(await this.#prepared(method, path, o)), patient }));
    const send = () => this.#observed(method, open);
    const answer = await this.#retried(method, o, send);
    if ('refused' in answer) throw refusalOf({ ...answer, body: answer.refused });
    return answer;
  }

  async #openMetrics(registry: Registry): Promise<void> {
    const { clientMetrics } = await import('./client-metrics.ts');
    this.#observe = clientMetrics(registry, new URL(this.target.server).host);
  }

  async #observed<A extends Pick<Answer, 'status'>>(method: string, send: () => Promise<A>): Promise<A> {
    const startedAt = this.#clock.now();
    try {
      const answer = await send();
      this.#observe?.(method, String(answer.status), this.#clock.now() - startedAt);
      return answer;
    } catch (error) {
      this.#observe?.(method, '<error>', this.#clock.now() - startedAt);
      throw error;
    }
  }

  /** Signs the request; a 401 is answered once by signing in anew. */
  async #retried<A extends Pick<Answer, 'status' | 'headers'>>(
    method: string,
    o: RawRequest,
    send: () => Promise<A>,
  ): Promise<A> {
    const options = { clock: this.#clock, retries: this.#options.retries ?? 10, signal: o.signal };
    const answer = await withRetry(method, options, send);
    if (answer.status !== 401 || !this.target.renew) return answer;
    this.target.renew();
    return withRetry(method, options, send);
  }

  async #prepared(method: string, path: string, o: RawRequest): Promise<TransportRequest> {
    const { authorization, impersonate } = this.target;
    const headers: Record<string, string | string[]> = {
      accept: 'application/json',
      'user-agent': this.#options.userAgent ?? 'jdos',
      ...o.headers,
    };
    const signature = typeof authorization === 'function' ? await authorization(o.signal) : undefined;
    if (signature) headers.authorization = signature;
    if (impersonate) Object.assign(headers, impersonation(impersonate));
    const text = o.query ? queryText(o.query) : '';
    return { method, path: path + text, headers, body: o.body, signal: o.signal };
  }

  #fault(method: string, path: string, error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof Error && (error.name === 'StatusError' || error instanceof ConnectionError)) return error;
    return new ConnectionError(method, this.target.server + path, error);
  }

  /** `299 - "text"`, several joined by commas. */
  #warn(header: string): void {
    for (const [, text] of header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)) {
      this.#options.onWarning?.(text!.replace(/\\(.)/g, '$1'));
    }
  }
}

const JSON_BODY = { 'content-type': 'application/json' };

function networkTransport(target: ClusterTarget, o: ClientOptions): Transport {
  return createTransport(target, {
    connections: o.connections ?? 32,
    http2: o.http2 ?? true,
    timeoutMs: o.timeoutMs ?? 65_000,
    streamsPerConnection: 100,
  });
}

/** A refusal's body is short and is read at once, so that its stream is free again. */
async function readRefusal(answer: StreamedAnswer): Promise<StreamedAnswer | (StreamedAnswer & { refused: Buffer })> {
  if (answer.status < 300) return answer;
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return { ...answer, refused: Buffer.concat(chunks) };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function named(type: ResourceType, object: object): object {
  return { apiVersion: apiVersionOf(type), kind: type.kind, ...object };
}

/** A create on a subresource names its object, one on a collection does not. */
function sub(name: string | undefined, o: WriteOptions): { name?: string; subresource?: string } {
  return o.subresource && name ? { name, subresource: o.subresource } : {};
}

function deleteBody(o: Deletion): object {
  const { gracePeriodSeconds, propagationPolicy, preconditions } = o;
  return { apiVersion: 'v1', kind: 'DeleteOptions', gracePeriodSeconds, propagationPolicy, preconditions };
}

function impersonation(as: NonNullable<ClusterTarget['impersonate']>): Record<string, string | string[]> {
  return {
    'impersonate-user': as.user,
    ...(as.uid && { 'impersonate-uid': as.uid }),
    ...(as.groups?.length && { 'impersonate-group': [...as.groups] }),
  };
}

/** Aborts `own` when `outer` does, for as long as it is in use. */
function linked(own: AbortController, outer: AbortSignal | undefined): { signal: AbortSignal } & Disposable {
  const abort = () => own.abort(outer?.reason);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  return { signal: own.signal, [Symbol.dispose]: () => outer?.removeEventListener('abort', abort) };
}
