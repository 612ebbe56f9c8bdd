/** Nobody gives away rights that he does not have: not by a role, nor by a binding to one. */
import { cannot } from '../access/attributes.ts';
import type { Authorizer } from '../access/authorizer.ts';
import { covers, type PolicyRule } from '../access/rbac-rule.ts';
import { forbidden } from '../handlers/refusals.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const GROUP = 'rbac.authorization.k8s.io';

export function escalationCheck(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    validate(request) {
      const { definition, operation, object, namespace, subresource } = request;
      if (definition.group !== GROUP || operation === 'DELETE' || subresource) return;
      const isBinding = definition.plural.endsWith('bindings');
      const wanted: readonly PolicyRule[] = isBinding
        ? authorizer.rbac.rulesOfRole(object.roleRef, namespace)
        : (object.rules ?? []);
      const bypass = isBinding
        ? {
            verb: 'bind',
            resource: object.roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles',
            name: object.roleRef.name,
          }
        : { verb: 'escalate', resource: definition.plural, name: object.metadata.name };
      requireHeld(authorizer, request, wanted, bypass);
    },
  };
}

function requireHeld(
  authorizer: Authorizer,
  { caller, definition, name, namespace }: AdmissionRequest,
  wanted: readonly PolicyRule[],
  bypass: { verb: string; resource: string; name: string },
): void {
  const access = { kind: 'resource', group: GROUP, ...bypass, ...(namespace && { namespace }) } as const;
  if (authorizer.judge(caller, access).allowed) return;
  const held = authorizer.rbac.rulesOf(caller, namespace);
  const missing = wanted.filter((rule) => !covers(held, rule));
  if (missing.length === 0) return;
  const list = missing.map((rule) => JSON.stringify(rule)).join('\n');
  const why = `user "${caller.name}" (groups=${JSON.stringify(caller.groups)}) is attempting to grant RBAC permissions not currently held:\n${list}`;
  throw forbidden(definition, name, `${why}; ${cannot(caller.name, access)}`);
}
