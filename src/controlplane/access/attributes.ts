/** What is to be allowed or not: a verb on a resource, or on a path that is no resource. */
import type { ResourceRequest } from '../http/request-info.ts';

export type AccessAttributes = ResourceAccess | PathAccess;

export interface ResourceAccess {
  readonly kind: 'resource';
  readonly verb: string;
  readonly group: string;
  readonly version?: string;
  /** Plural; with a subresource only in `subresource`. */
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export interface PathAccess {
  readonly kind: 'path';
  readonly verb: string;
  readonly path: string;
}

export function accessOf(target: ResourceRequest): ResourceAccess {
  const { verb, group, version, plural, subresource, namespace, name } = target;
  const access = { kind: 'resource', verb, group, version, resource: plural } as const;
  // The namespace of a Namespace is itself, so that rights inside it can cover it; a list of one is a list all the same.
  const isOne = group === '' && plural === 'namespaces' && verb !== 'list' && verb !== 'watch';
  const within = namespace ?? (isOne ? name : undefined);
  return {
    ...access,
    ...(subresource !== undefined && { subresource }),
    ...(within !== undefined && { namespace: within }),
    ...(name !== undefined && { name }),
  };
}

/** The refusal's words: `User "x" cannot list resource "pods" in API group "" in the namespace "default"`. */
export function cannot(user: string, access: AccessAttributes): string {
  if (access.kind === 'path') return `User "${user}" cannot ${access.verb} path "${access.path}"`;
  const resource = access.subresource ? `${access.resource}/${access.subresource}` : access.resource;
  const where = access.namespace === undefined ? 'at the cluster scope' : `in the namespace "${access.namespace}"`;
  return `User "${user}" cannot ${access.verb} resource "${resource}" in API group "${access.group}" ${where}`;
}
