/** Who may do what. */
import { failure } from '../../kube/index.ts';
import type { Caller } from '../handlers/request.ts';
import type { ResourceRequest } from '../http/request-info.ts';

/** Both throw 403 where the caller may not. */
export interface Authorizer {
  requireResource(caller: Caller, target: ResourceRequest): void;
  requirePath(caller: Caller, method: string, path: string): void;
}

/** Members of `system:masters` may do everything; nobody else anything. */
export const mastersOnly: Authorizer = {
  requireResource(caller, { verb, plural, group, namespace, name }) {
    if (isMaster(caller)) return;
    const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
    const resource = group ? `${plural}.${group}` : plural;
    const why = `User "${caller.name}" cannot ${verb} resource "${plural}" in API group "${group}" ${where}`;
    throw failure('Forbidden', `${resource}${name ? ` "${name}"` : ''} is forbidden: ${why}`, {
      ...(name && { name }),
      group,
      kind: plural,
    });
  },
  requirePath(caller, method, path) {
    if (isMaster(caller)) return;
    throw failure('Forbidden', `forbidden: User "${caller.name}" cannot ${method.toLowerCase()} path "${path}"`);
  },
};

function isMaster(caller: Caller): boolean {
  return caller.groups.includes('system:masters');
}
