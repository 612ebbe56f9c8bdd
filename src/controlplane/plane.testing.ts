/** A whole API server in memory, without sockets, for tests: who asks is said by name. */
import { mkdtempSync } from 'node:fs';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { VirtualClock } from '../kube/index.ts';
import { Authorizer } from './access/authorizer.ts';
import { ServiceAccountTokens } from './access/service-account-tokens.ts';
import { SignIn } from './access/sign-in.ts';
import { defaultAdmission, escalationCheck } from './admission/index.ts';
import { Api } from './api.ts';
import { customResourceDefinitions } from './crds/crd-kind.ts';
import { CrdRegistrar } from './crds/registrar.ts';
import type { ExchangeObserver } from './exchange.ts';
import { ApiMetrics } from './flow/api-metrics.ts';
import { FairQueue } from './flow/fair-queue.ts';
import type { KubeletAddress } from './handlers/kubelet.ts';
import type { Caller } from './handlers/request.ts';
import { reviewHandlers, reviewKinds } from './handlers/reviews.ts';
import type { Incoming } from './http/writer.ts';
import { Plane } from './plane.ts';
import type { Json } from './registry/definition.ts';
import { builtInKinds } from './registry/kinds/index.ts';
import { nodeMetrics, podMetrics } from './registry/kinds/metrics.ts';
import { groupVersion, Registry } from './registry/registry.ts';
import { type Log, Store } from './storage/store.ts';

export const MASTER: Caller = { name: 'root', groups: ['system:masters'] };

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: Json;
}

export interface Asked {
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestPlaneOptions {
  readonly seats?: number;
  readonly observers?: readonly ExchangeObserver[];
  readonly kubelet?: () => KubeletAddress | undefined;
}

export class TestPlane {
  readonly clock = new VirtualClock();
  readonly plane: Plane;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly metrics: ApiMetrics;
  readonly queue: FairQueue;
  /** What the API server blamed itself for. */
  readonly faults: unknown[] = [];
  readonly #api: Api;
  readonly #callers = new Map<string, Caller>();

  static async start(options: TestPlaneOptions = {}): Promise<TestPlane> {
    return new TestPlane(await ServiceAccountTokens.open(mkdtempSync(join(tmpdir(), 'jdos-plane-'))), options);
  }

  private constructor(tokens: ServiceAccountTokens, { seats, observers, kubelet }: TestPlaneOptions) {
    const computed = [nodeMetrics, podMetrics];
    const registry = new Registry([...builtInKinds, ...reviewKinds, customResourceDefinitions, ...computed]);
    const store = new Store(memoryLog(), { clock: this.clock });
    this.plane = new Plane({
      store,
      registry,
      admission: defaultAdmission(),
      clock: this.clock,
      ...(kubelet && { kubelet }),
    });
    for (const definition of registry.all()) this.plane.collection(definition);
    this.tokens = tokens;
    this.authorizer = new Authorizer(this.plane);
    this.plane.admission.add(escalationCheck(this.authorizer));
    new CrdRegistrar(this.plane, (error) => this.faults.push(error)).start();
    this.queue = new FairQueue(seats === undefined ? {} : { seats });
    this.metrics = new ApiMetrics(this.plane, this.queue);
    const signIn = new SignIn([async (token) => this.#callers.get(token), (token) => tokens.verify(this.plane, token)]);
    this.#api = new Api({
      plane: this.plane,
      signIn,
      authorizer: this.authorizer,
      creators: reviewHandlers({ authorizer: this.authorizer, signIn, tokens }),
      queue: this.queue,
      metrics: this.metrics,
      ...(observers && { observers }),
      onError: (error) => this.faults.push(error),
    });
  }

  /** Stores an object as it is, past all rules. */
  async put(object: Json): Promise<void> {
    const [version, group = ''] = object.apiVersion.split('/').reverse();
    const definition = this.plane.registry.ofKind(group, version, object.kind)!;
    const { namespace, name } = object.metadata;
    const key = definition.namespaced ? `${namespace}/${name}` : name;
    await this.plane.store.write(this.plane.collection(definition), key, () => ({
      object: { ...object, metadata: { uid: `uid-of-${name}`, ...object.metadata } },
    }));
  }

  /** The stored object at a key of a built-in kind. */
  stored(group: string, plural: string, key: string): Json {
    return this.plane.of(group, plural).get(key)?.parse();
  }

  /** Gives a user a role with these rules, in a namespace or everywhere. */
  async allow(user: string, rules: readonly object[], namespace?: string): Promise<void> {
    const group = 'rbac.authorization.k8s.io';
    const name = `of-${user.replaceAll(':', '-')}`;
    const kind = namespace ? 'Role' : 'ClusterRole';
    const metadata = { name, ...(namespace && { namespace }) };
    await this.put({ kind, apiVersion: `${group}/v1`, metadata, rules });
    await this.put({
      kind: `${kind}Binding`,
      apiVersion: `${group}/v1`,
      metadata,
      roleRef: { apiGroup: group, kind, name },
      subjects: [{ kind: 'User', name: user }],
    });
  }

  /** One request; a user who is only named belongs to no group. */
  async ask(who: Caller | string, method: string, url: string, { body, headers = {} }: Asked = {}): Promise<Reply> {
    const caller = typeof who === 'string' ? { name: who, groups: [] } : who;
    this.#callers.set(caller.name, caller);
    const chunks = body === undefined ? [] : [Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))];
    return this.send(Readable.from(chunks), caller.name, method, url, headers);
  }

  /** The same with a body that comes when it comes. */
  async send(
    body: Readable,
    token: string,
    method: string,
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const request = Object.assign(body, {
      method,
      url,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
      socket: { remoteAddress: '127.0.0.1' },
    });
    const response = new Recorder({ method, httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage);
    await this.#api.handle(request as unknown as Incoming, response);
    return response.reply();
  }
}

/** Reads like a role's rule: `rule('get list', '', 'pods')`. */
export function rule(verbs: string, group: string, resources: string, ...resourceNames: string[]): object {
  return {
    verbs: verbs.split(' '),
    apiGroups: [group],
    resources: resources.split(' '),
    ...(resourceNames.length > 0 && { resourceNames }),
  };
}

export function namespace(name: string): Json {
  return { kind: 'Namespace', apiVersion: 'v1', metadata: { name }, status: { phase: 'Active' } };
}

/** A Pod that asks for nothing but what `spec` says. */
export function podOn(node: string | undefined, name: string, spec: object = {}): Json {
  return {
    kind: 'Pod',
    apiVersion: groupVersion({ group: '', version: 'v1' }),
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'pause' }], ...(node && { nodeName: node }), ...spec },
    status: { phase: 'Running' },
  };
}

function memoryLog(): Log {
  return { rows: () => [].values(), compacted: () => new Map(), commit: async () => {}, close: () => {} };
}

class Recorder extends ServerResponse {
  readonly #chunks: Buffer[] = [];

  override write(chunk: Buffer | string): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  override end(chunk?: unknown): this {
    if (chunk !== undefined) this.write(chunk as Buffer);
    return this;
  }

  reply(): Reply {
    const text = Buffer.concat(this.#chunks).toString();
    const json = text.startsWith('{');
    return { status: this.statusCode, headers: parsed(this), body: json ? JSON.parse(text) : text };
  }
}

/** `writeHead` does not keep its headers where `getHeaders` finds them. */
function parsed(response: ServerResponse): Reply['headers'] {
  const lines = String((response as unknown as { _header: string })._header)
    .split('\r\n')
    .slice(1);
  const headers: Record<string, string | string[]> = {};
  for (const line of lines.filter(Boolean)) {
    const [name = '', value = ''] = [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)];
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}
