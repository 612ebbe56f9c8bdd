/** What a request path and method ask for, in the terms of the Kubernetes API. */

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface ResourceRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  /** Lower-case plural. */
  readonly plural: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What follows the subresource: the path of a proxied request. */
  readonly rest?: string;
}

/** Names after `/namespaces/{name}/` that belong to the Namespace itself. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads `/api/v1/…` and `/apis/{group}/{version}/…`; anything else, and discovery paths, give undefined. */
export function parseResourceRequest(
  method: string,
  path: string,
  query: URLSearchParams,
): ResourceRequest | undefined {
  const parts = decode(path);
  if (!parts) return undefined;
  const grouped = parts[0] === 'apis';
  if (!grouped && parts[0] !== 'api') return undefined;
  const [group, version, ...tail] = grouped ? parts.slice(1) : ['', ...parts.slice(1)];
  if (group === undefined || version === undefined || tail.length === 0) return undefined;
  const scoped = tail[0] === 'namespaces' && tail.length > 2 && !NAMESPACE_SUBRESOURCES.has(tail[2]!);
  const [plural, name, subresource, ...rest] = scoped ? tail.slice(2) : tail;
  const verb = verbOf(method, name, query);
  if (!verb) return undefined;
  return {
    verb,
    group,
    version,
    plural: plural!,
    ...(scoped && { namespace: tail[1]! }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    ...(rest.length > 0 && { rest: rest.join('/') }),
  };
}

function decode(path: string): string[] | undefined {
  try {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    return parts.at(-1) === '' ? parts.slice(0, -1) : parts;
  } catch {
    return undefined;
  }
}

function verbOf(method: string, name: string | undefined, query: URLSearchParams): Verb | undefined {
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (isTrue(query.get('watch'))) return 'watch';
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

/** Kubernetes' reading of boolean query parameters: present and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}
