/** Nobody gives away rights that he does not have: not by a role, nor by a binding to one. */
import { isDeepStrictEqual } from 'node:util';
import { cannot } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import { covers, type PolicyRule } from '../access/rbac-rule.ts';
import { forbidden, notFound } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const GROUP = 'rbac.authorization.k8s.io';
/** What a role must be worth that gathers the rules of others: it may come to hold anything. */
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** A verb on a role that makes up for rights not held. */
interface Bypass {
  readonly verb: 'bind' | 'escalate';
  readonly resource: string;
  readonly name: string;
}

export function escalationCheck(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    validate(request) {
      const { definition, operation, subresource } = request;
      if (definition.group !== GROUP || operation === 'DELETE' || subresource || letsGo(request)) return;
      if (definition.plural.endsWith('bindings')) checkBinding(authorizer, request);
      else checkRole(authorizer, request);
    },
  };
}

/** Does the update change nothing but what the garbage collector needs? */
function letsGo({ object, old }: AdmissionRequest): boolean {
  return old !== undefined && isDeepStrictEqual(withoutLifecycle(object), withoutLifecycle(old));
}

function withoutLifecycle({ metadata, ...rest }: Json): Json {
  const { finalizers: _, ownerReferences: __, managedFields: ___, ...kept } = metadata;
  return { ...rest, metadata: kept };
}

function checkRole(authorizer: Authorizer, request: AdmissionRequest): void {
  const { definition, object, old } = request;
  const gathers = object.aggregationRule || old?.aggregationRule;
  const wanted = [...(object.rules ?? []), ...(gathers ? EVERYTHING : [])];
  const bypass = { verb: 'escalate', resource: definition.plural, name: object.metadata.name } as const;
  requireHeld(authorizer, request, () => wanted, bypass);
}

function checkBinding(authorizer: Authorizer, request: AdmissionRequest): void {
  const { roleRef } = request.object;
  const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  // Somebody else may yet create a missing role, with rights that are not ours to give.
  const wanted = () => {
    const rules = authorizer.rbac.rulesOfRole(roleRef, request.namespace);
    if (!rules) throw notFound({ group: GROUP, plural: resource }, roleRef.name);
    return rules;
  };
  requireHeld(authorizer, request, wanted, { verb: 'bind', resource, name: roleRef.name });
}

function requireHeld(
  authorizer: Authorizer,
  { caller, definition, name, namespace }: AdmissionRequest,
  wanted: () => readonly PolicyRule[],
  bypass: Bypass,
): void {
  const access = { kind: 'resource', group: GROUP, ...bypass, ...(namespace && { namespace }) } as const;
  if (authorizer.judge(caller, access).allowed) return;
  const held = authorizer.rbac.rulesOf(caller, namespace);
  const missing = wanted().filter((rule) => !covers(held, rule));
  if (missing.length === 0) return;
  const list = missing.map((rule) => JSON.stringify(rule)).join('\n');
  const why = `user "${caller.name}" (groups=${JSON.stringify(caller.groups)}) is attempting to grant RBAC permissions not currently held:\n${list}`;
  throw forbidden(definition, name, `${why}; ${cannot(caller.name, access)}`);
}
