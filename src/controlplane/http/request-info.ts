/** What a request path and method ask for, in the terms of the Kubernetes API. */
import { parseFieldSelector } from '../../kube/index.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface ResourceRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  /** Lower-case plural. */
  readonly plural: string;
  /** From the path, or of a list or watch from its field selector. */
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
  const only = name ?? (verb === 'list' || verb === 'watch' ? selectedName(query) : undefined);
  return {
    verb,
    group,
    version,
    plural: plural!,
    ...(scoped && { namespace: tail[1]! }),
    ...(only !== undefined && { name: only }),
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
      if (name !== undefined) return 'get';
      return isTrue(query.get('watch')) ? 'watch' : 'list';
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

/** The one name that a list or watch is about: who may see only that object may ask so. */
function selectedName(query: URLSearchParams): string | undefined {
  const name = exactName(query.get('fieldSelector') ?? '');
  return name === undefined || /^\.{0,2}$|[/%]/.test(name) ? undefined : name;
}

/** A selector that cannot be read is refused later, to those who may know. */
function exactName(fieldSelector: string): string | undefined {
  try {
    return parseFieldSelector(fieldSelector).exact('metadata.name');
  } catch {
    return undefined;
  }
}

/** Kubernetes' reading of boolean query parameters: present and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}
