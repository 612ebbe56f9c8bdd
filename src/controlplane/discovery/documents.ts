/** Answers to paths that are no resources: discovery, OpenAPI, version. */
import { createHash } from 'node:crypto';
import { failure } from '../../kube/index.ts';
import { answerValue } from '../handlers/answers.ts';
import type { Answer } from '../handlers/request.ts';
import { negotiate, parseAccept, plainJson } from '../http/negotiation.ts';
import type { Incoming } from '../http/writer.ts';
import type { Plane } from '../plane.ts';
import type { Json, ResourceDefinition } from '../registry/definition.ts';
import { openApiDocument, openApiIndex } from '../schema/index.ts';
import { aggregatedDiscovery, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { emptyOpenApiV2, emptyOpenApiV2Protobuf, OPENAPI_V2_ANSWER, OPENAPI_V2_PROTOBUF } from './openapi-v2.ts';
import { serverVersion } from './server-version.ts';

export class Documents {
  readonly #plane: Plane;
  /** What the registry's present generation gave, by key. */
  #cache = new Map<string, { value: Json; etag: string }>();
  #generation = -1;

  constructor(plane: Plane) {
    this.#plane = plane;
  }

  answer(request: Incoming, path: string): Answer {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      throw /^\/(apis?|version|openapi)(\/|$)/.test(path)
        ? failure('MethodNotAllowed', 'the server does not allow this method on the requested resource')
        : failure('NotFound', 'the server could not find the requested resource');
    const trimmed = path.replace(/\/+$/, '') || '/';
    if (trimmed === '/version') return answerValue(serverVersion(), plainJson);
    if (trimmed === '/api' || trimmed === '/apis') return this.#roots(request, trimmed === '/api');
    if (trimmed === '/openapi/v2') return openApiV2(request);
    if (trimmed === '/openapi/v3')
      return this.#cached(request, trimmed, () => openApiIndex(this.#plane.registry.all(), customSchemaOf));
    return this.#cached(request, trimmed, () => this.#document(trimmed));
  }

  #roots(request: Incoming, core: boolean): Answer {
    const { registry } = this.#plane;
    const version = aggregatedVersion(request.headers.accept);
    if (version) {
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
      return this.#cached(
        request,
        `${core}/${version}`,
        () => aggregatedDiscovery(registry, core, version),
        contentType,
      );
    }
    if (!core) return this.#cached(request, '/apis', () => groupList(registry));
    // Not kept: what one client calls this server is nothing that another should be told.
    const host = request.headers.host ?? String(request.headers[':authority'] ?? '');
    return answerValue(coreVersions(registry, host), negotiate(request.headers.accept));
  }

  /** Throws 404 for a path at which there is nothing. */
  #document(path: string): Json {
    const [, root, ...rest] = path.split('/');
    const value = this.#find(root, rest);
    if (value === undefined) throw failure('NotFound', 'the server could not find the requested resource');
    return value;
  }

  #find(root: string | undefined, rest: readonly string[]): Json | undefined {
    const { registry } = this.#plane;
    if (root === 'openapi' && rest[0] === 'v3')
      return openApiDocument(registry.all(), rest.slice(1).join('/'), customSchemaOf);
    if (root === 'api' && rest.length === 1) return resourceList(registry, '', rest[0]!);
    if (root === 'apis' && rest.length === 1) return groupDocument(registry, rest[0]!);
    if (root === 'apis' && rest.length === 2) return resourceList(registry, rest[0]!, rest[1]!);
    return undefined;
  }

  /** Documents change only with the registry; clients that know the present one are told so. */
  #cached(
    request: Incoming,
    key: string,
    make: () => Json,
    contentType = negotiate(request.headers.accept).contentType,
  ): Answer {
    const { generation } = this.#plane.registry;
    if (generation !== this.#generation) this.#cache.clear();
    this.#generation = generation;
    let kept = this.#cache.get(key);
    if (!kept) {
      const value = make();
      kept = { value, etag: `"${createHash('sha256').update(JSON.stringify(value)).digest('hex').toUpperCase()}"` };
      this.#cache.set(key, kept);
    }
    const headers = { etag: kept.etag, vary: 'Accept' };
    if (request.headers['if-none-match'] === kept.etag) return { status: 304, contentType, headers, body: '' };
    const media = contentType.startsWith('application/yaml') ? 'yaml' : 'json';
    return { ...answerValue(kept.value, { media, contentType }), headers };
  }
}

function openApiV2(request: Incoming): Answer {
  const wanted = parseAccept(request.headers.accept)[0]?.type;
  if (wanted === OPENAPI_V2_PROTOBUF)
    return { status: 200, contentType: OPENAPI_V2_ANSWER, body: emptyOpenApiV2Protobuf() };
  return answerValue(emptyOpenApiV2(), negotiate(request.headers.accept));
}

function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, params } of parseAccept(accept)) {
    if (
      type === 'application/json' &&
      params.get('as') === 'APIGroupDiscoveryList' &&
      params.get('g') === 'apidiscovery.k8s.io'
    ) {
      const version = params.get('v');
      if (version === 'v2' || version === 'v2beta1') return version;
    }
    if (type === 'application/json' && !params.get('as')) return undefined;
  }
  return undefined;
}

function customSchemaOf({ custom, openApi }: ResourceDefinition) {
  return (custom?.openApi ?? openApi) as Record<string, unknown> | undefined;
}
