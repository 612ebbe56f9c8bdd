/** The API as one function of a request: sign-in, access, then discovery, health or the handler of a resource. */
import { failure, StatusError } from '../kube/index.ts';
import { accessOf } from './access/attributes.ts';
import type { Authorizer } from './access/authorizer.ts';
import { impersonate } from './access/impersonation.ts';
import type { SignIn } from './access/sign-in.ts';
import { Documents } from './discovery/documents.ts';
import { Exchange, type ExchangeObserver } from './exchange.ts';
import type { ApiMetrics } from './flow/api-metrics.ts';
import type { FairQueue } from './flow/fair-queue.ts';
import { answerValue } from './handlers/answers.ts';
import { handlerFor } from './handlers/dispatch.ts';
import { containerPath, noPortForward, requireKubelet } from './handlers/kubelet.ts';
import { methodNotAllowed } from './handlers/refusals.ts';
import type { Answer, ApiRequest, Caller, Handler, Stream } from './handlers/request.ts';
import { readBody } from './http/body.ts';
import { negotiate, plainJson } from './http/negotiation.ts';
import { parseResourceRequest, type ResourceRequest } from './http/request-info.ts';
import { refuseUpgrade, statusOf, tunnel, type Upgrade } from './http/tunnel.ts';
import { warningHeaders } from './http/warnings.ts';
import { type Incoming, type Outgoing, sendAnswer, sendStream } from './http/writer.ts';
import type { Plane } from './plane.ts';
import type { ResourceDefinition } from './registry/definition.ts';
import { notServed } from './registry/registry.ts';

export interface ApiOptions {
  readonly plane: Plane;
  readonly signIn: SignIn;
  readonly authorizer: Authorizer;
  /** Handlers of POST that need more than the store, by `group/plural`. */
  readonly creators: ReadonlyMap<string, Handler>;
  readonly queue: FairQueue;
  readonly metrics: ApiMetrics;
  /** Told of every exchange, besides the metrics. */
  readonly observers?: readonly ExchangeObserver[];
  /** Told of errors that are our own fault. */
  readonly onError?: (error: unknown, path: string) => void;
}

const BODY_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

const EMPTY = Buffer.alloc(0);

type Headers = Record<string, string | string[]>;

export class Api {
  readonly #o: ApiOptions;
  readonly #observers: readonly ExchangeObserver[];
  readonly #documents: Documents;
  /** Says `/readyz`: the first objects are there and the server is not about to stop. */
  ready = false;

  constructor(options: ApiOptions) {
    this.#o = options;
    this.#observers = [options.metrics, ...(options.observers ?? [])];
    this.#documents = new Documents(options.plane);
  }

  /** Answers one request; never throws. */
  async handle(request: Incoming, response: Outgoing): Promise<void> {
    const exchange = new Exchange(request, this.#o.plane.clock.now());
    const warnings: string[] = [];
    const headers = (): Headers => ({
      'audit-id': exchange.id,
      ...(warnings.length > 0 && { warning: warningHeaders(warnings) }),
    });
    try {
      const answer = await this.#answer(request, exchange, warnings);
      if ('run' in answer) await this.#stream(response, answer, exchange, headers());
      else await this.#send(response, answer, exchange, headers());
    } catch (error) {
      await this.#refuse(error, response, exchange, headers());
    }
    for (const observer of this.#observers) observer.completed(exchange);
  }

  /** Answers a request for a WebSocket: exec and attach go on to the Pod's host. */
  async upgrade(upgrade: Upgrade): Promise<void> {
    const { request, socket } = upgrade;
    const exchange = new Exchange(request, this.#o.plane.clock.now());
    socket.on('error', () => socket.destroy());
    try {
      const caller = await this.#signedIn(request, exchange);
      // Opening a stream into a container is as much as creating something there.
      exchange.target = parseResourceRequest('POST', exchange.url.pathname, exchange.url.searchParams);
      const path = this.#pathOfStream(caller, exchange);
      tunnel(upgrade, requireKubelet(this.#o.plane), path);
      exchange.status = 101;
    } catch (error) {
      const status = statusOf(error);
      exchange.status = status.code;
      refuseUpgrade(socket, status);
    }
    for (const observer of this.#observers) observer.completed(exchange);
  }

  #pathOfStream(caller: Caller, { target, url }: Exchange): string {
    if (!target) throw notServed();
    this.#o.authorizer.require(caller, accessOf(target));
    const { plural, subresource, namespace, name } = target;
    if (subresource === 'portforward') throw noPortForward();
    if (plural !== 'pods' || (subresource !== 'exec' && subresource !== 'attach')) {
      const what = `${plural}/${subresource ?? ''}`;
      throw failure('BadRequest', `${what} cannot be upgraded: WebSocket is for pods/exec and pods/attach only`);
    }
    return containerPath(this.#o.plane, {
      verb: subresource,
      namespace: namespace!,
      pod: name!,
      query: url.searchParams,
    });
  }

  async #signedIn(request: Incoming, exchange: Exchange): Promise<Caller> {
    exchange.sender = await this.#o.signIn.identify(request);
    if (!exchange.sender) throw failure('Unauthorized', 'Unauthorized');
    exchange.caller = impersonate(exchange.sender, request.headers, this.#o.authorizer);
    return exchange.caller;
  }

  async #answer(request: Incoming, exchange: Exchange, warnings: string[]): Promise<Answer | Stream> {
    const { method, url } = exchange;
    const path = url.pathname;
    if (path === '/livez' || path === '/healthz' || path === '/readyz') return this.#health(path);
    const caller = await this.#signedIn(request, exchange);
    exchange.target = parseResourceRequest(method, path, url.searchParams);
    for (const observer of this.#observers) observer.received?.(exchange);
    if (exchange.target) {
      this.#o.authorizer.require(caller, accessOf(exchange.target));
      const handle = this.#resource(request, exchange, caller, warnings);
      // A body that comes slowly, or never, must not hold a seat meanwhile.
      if (BODY_METHODS.has(method)) exchange.body = await readBody(request);
      return this.#o.queue.run(caller.name, handle);
    }
    this.#o.authorizer.require(caller, { kind: 'path', verb: method.toLowerCase(), path });
    return path === '/metrics' ? this.#metrics() : this.#documents.answer(request, path);
  }

  /** What is to be done; throws where nothing is served, or not so. */
  #resource(request: Incoming, exchange: Exchange, caller: Caller, warnings: string[]): () => Promise<Answer | Stream> {
    const { plane, creators } = this.#o;
    const target = exchange.target!;
    const definition = plane.registry.get(target.group, target.version, target.plural);
    requirePlace(definition, target);
    const handler = handlerFor(definition, target, creators);
    const apiRequest: ApiRequest = {
      plane,
      target,
      caller,
      definition,
      collection: plane.collection(definition),
      query: exchange.url.searchParams,
      contentType: exchange.contentType,
      userAgent: exchange.userAgent,
      form: negotiate(request.headers.accept),
      bytes: async () => exchange.body ?? EMPTY,
      requireCreate: () => {
        if (definition.verbs?.includes('create') === false) throw methodNotAllowed();
        this.#o.authorizer.require(caller, accessOf({ ...target, verb: 'create' }));
      },
      warn: (message) => warnings.push(message),
    };
    if (definition.deprecation) apiRequest.warn(definition.deprecation);
    return () => handler(apiRequest);
  }

  #health(path: string): Answer {
    const ok = path !== '/readyz' || this.ready;
    return { status: ok ? 200 : 500, contentType: 'text/plain; charset=utf-8', body: ok ? 'ok' : 'not ready' };
  }

  async #metrics(): Promise<Answer> {
    const { metrics } = this.#o;
    return { status: 200, contentType: metrics.contentType, body: await metrics.text() };
  }

  #send(response: Outgoing, answer: Answer, exchange: Exchange, headers: Headers): Promise<void> {
    exchange.status = answer.status;
    exchange.answer = answer;
    return sendAnswer(response, answer, headers, exchange.method === 'HEAD');
  }

  #stream(response: Outgoing, stream: Stream, exchange: Exchange, headers: Headers): Promise<void> {
    exchange.status = 200;
    for (const observer of this.#observers) observer.streaming?.(exchange);
    return sendStream(response, stream, headers);
  }

  async #refuse(error: unknown, response: Outgoing, exchange: Exchange, headers: Headers): Promise<void> {
    if (response.headersSent) {
      this.#o.onError?.(error, exchange.url.pathname);
      response.destroy();
      return;
    }
    const { status, code } = error instanceof StatusError ? error : this.#internal(error, exchange);
    const retry = status.details?.retryAfterSeconds;
    const more: Headers = retry === undefined ? {} : { 'retry-after': String(retry) };
    await this.#send(response, answerValue(status, plainJson, code), exchange, { ...headers, ...more });
  }

  #internal(error: unknown, exchange: Exchange): StatusError {
    this.#o.onError?.(error, exchange.url.pathname);
    const detail = error instanceof Error ? error.message : String(error);
    if (/disk.*full|ENOSPC/i.test(detail))
      return failure('InternalError', `the data directory's disk is full: nothing was written (${detail})`);
    return failure('InternalError', `Internal error occurred: ${detail}`, { causes: [{ message: detail }] });
  }
}

/** Objects in namespaces are reached through their namespace only; without one they are listed and watched. */
function requirePlace(definition: ResourceDefinition, { verb, namespace, name }: ResourceRequest): void {
  if (definition.namespaced === (namespace !== undefined)) return;
  if (!definition.namespaced) throw notServed();
  if (verb === 'list' || verb === 'watch') return;
  throw name === undefined ? methodNotAllowed() : notServed();
}
