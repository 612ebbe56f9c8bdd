/** The API as one function of a request: sign-in, then discovery, health or the handler of a resource. */
import { randomUUID } from 'node:crypto';
import { failure, StatusError } from '../kube/index.ts';
import { accessOf } from './access/attributes.ts';
import type { Authorizer } from './access/authorizer.ts';
import { impersonate } from './access/impersonation.ts';
import type { SignIn } from './access/sign-in.ts';
import { Documents } from './discovery/documents.ts';
import { answerValue } from './handlers/answers.ts';
import { handlerFor } from './handlers/dispatch.ts';
import { containerPath, noPortForward, requireKubelet } from './handlers/kubelet.ts';
import type { Answer, ApiRequest, Caller, Handler, Stream } from './handlers/request.ts';
import { readBody } from './http/body.ts';
import { negotiate, plainJson } from './http/negotiation.ts';
import { parseResourceRequest, type ResourceRequest } from './http/request-info.ts';
import { refuseUpgrade, statusOf, tunnel, type Upgrade } from './http/tunnel.ts';
import { type Incoming, type Outgoing, sendAnswer, sendStream } from './http/writer.ts';
import type { Plane } from './plane.ts';
import { notServed } from './registry/registry.ts';

export interface ApiOptions {
  readonly plane: Plane;
  readonly signIn: SignIn;
  readonly authorizer: Authorizer;
  /** Handlers of POST that need more than the store, by `group/plural`. */
  readonly creators: ReadonlyMap<string, Handler>;
  /** Told of errors that are our own fault. */
  readonly onError?: (error: unknown, path: string) => void;
}

export class Api {
  readonly #plane: Plane;
  readonly #signIn: SignIn;
  readonly #authorizer: Authorizer;
  readonly #creators: ReadonlyMap<string, Handler>;
  readonly #documents: Documents;
  readonly #onError: (error: unknown, path: string) => void;
  /** Says `/readyz`: the first objects are there and the server is not about to stop. */
  ready = false;

  constructor(options: ApiOptions) {
    this.#plane = options.plane;
    this.#signIn = options.signIn;
    this.#authorizer = options.authorizer;
    this.#creators = options.creators;
    this.#documents = new Documents(options.plane);
    this.#onError = options.onError ?? (() => {});
  }

  /** Answers one request; never throws. */
  async handle(request: Incoming, response: Outgoing): Promise<void> {
    const warnings: string[] = [];
    const headers = () => ({
      'audit-id': randomUUID(),
      ...(warnings.length > 0 && { warning: [...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`) }),
    });
    try {
      const answer = await this.#answer(request, warnings);
      if ('run' in answer) await sendStream(response, answer, headers());
      else await sendAnswer(response, answer, headers(), request.method === 'HEAD');
    } catch (error) {
      await this.#refuse(error, request, response, headers());
    }
  }

  /** Answers a request for a WebSocket: exec and attach go on to the Pod's host. */
  async upgrade(upgrade: Upgrade): Promise<void> {
    const { request, socket } = upgrade;
    socket.on('error', () => socket.destroy());
    try {
      const url = new URL(request.url ?? '/', 'https://localhost');
      const caller = await this.#callerOf(request);
      const target = parseResourceRequest('POST', url.pathname, url.searchParams);
      if (!target) throw notServed();
      this.#authorizer.require(caller, accessOf(target));
      const { plural, subresource, namespace, name } = target;
      if (subresource === 'portforward') throw noPortForward();
      if (plural !== 'pods' || (subresource !== 'exec' && subresource !== 'attach'))
        throw failure(
          'BadRequest',
          `${plural}/${subresource ?? ''} cannot be upgraded: WebSocket is for pods/exec and pods/attach only`,
        );
      const place = { verb: subresource, namespace: namespace!, pod: name!, query: url.searchParams } as const;
      const path = containerPath(this.#plane, place);
      tunnel(upgrade, requireKubelet(this.#plane), path);
    } catch (error) {
      refuseUpgrade(socket, statusOf(error));
    }
  }

  async #callerOf(request: Incoming): Promise<Caller> {
    const sender = await this.#signIn.identify(request);
    if (!sender) throw failure('Unauthorized', 'Unauthorized');
    return impersonate(sender, request.headers, this.#authorizer);
  }

  async #answer(request: Incoming, warnings: string[]): Promise<Answer | Stream> {
    const url = new URL(request.url ?? '/', 'https://localhost');
    const path = url.pathname;
    if (path === '/livez' || path === '/healthz' || path === '/readyz') return this.#health(path);
    const caller = await this.#callerOf(request);
    const method = request.method ?? 'GET';
    const target = parseResourceRequest(method, path, url.searchParams);
    if (!target) {
      this.#authorizer.require(caller, { kind: 'path', verb: method.toLowerCase(), path });
      return this.#documents.answer(request, path);
    }
    this.#authorizer.require(caller, accessOf(target));
    return this.#resource(request, target, caller, url.searchParams, warnings);
  }

  async #resource(
    request: Incoming,
    target: ResourceRequest,
    caller: Caller,
    query: URLSearchParams,
    warnings: string[],
  ): Promise<Answer | Stream> {
    const definition = this.#plane.registry.get(target.group, target.version, target.plural);
    if (!definition.namespaced && target.namespace !== undefined) throw notServed();
    const handler = handlerFor(definition, target, this.#creators);
    let bytes: Promise<Buffer> | undefined;
    const apiRequest: ApiRequest = {
      plane: this.#plane,
      target,
      caller,
      definition,
      collection: this.#plane.collection(definition),
      query,
      contentType: request.headers['content-type'] ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      form: negotiate(request.headers.accept),
      bytes: () => {
        bytes ??= readBody(request);
        return bytes;
      },
      warn: (message) => warnings.push(message),
    };
    return handler(apiRequest);
  }

  #health(path: string): Answer {
    const ok = path !== '/readyz' || this.ready;
    return { status: ok ? 200 : 500, contentType: 'text/plain; charset=utf-8', body: ok ? 'ok' : 'not ready' };
  }

  async #refuse(
    error: unknown,
    request: Incoming,
    response: Outgoing,
    headers: Record<string, string | string[]>,
  ): Promise<void> {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const refusal = error instanceof StatusError ? error : this.#internal(error, request);
    const retry = refusal.status.details?.retryAfterSeconds;
    const answer = answerValue(refusal.status, plainJson, refusal.code);
    await sendAnswer(response, answer, { ...headers, ...(retry !== undefined && { 'retry-after': String(retry) }) });
  }

  #internal(error: unknown, request: Incoming): StatusError {
    this.#onError(error, request.url ?? '');
    const detail = error instanceof Error ? error.message : String(error);
    if (/disk.*full|ENOSPC/i.test(detail))
      return failure('InternalError', `the data directory's disk is full: nothing was written (${detail})`);
    return failure('InternalError', `Internal error occurred: ${detail}`, { causes: [{ message: detail }] });
  }
}
