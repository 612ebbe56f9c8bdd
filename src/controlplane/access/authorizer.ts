/** Who may do what: masters everything, nodes what is theirs, everybody else what their Roles say. */
import { failure } from '../../kube/index.ts';
import type { Caller } from '../handlers/request.ts';
import type { Plane } from '../plane.ts';
import { type AccessAttributes, cannot } from './attributes.ts';
import { nodeMay, nodeOf } from './node-access.ts';
import { Rbac } from './rbac.ts';

export interface Verdict {
  readonly allowed: boolean;
  readonly reason: string;
}

const MASTERS = 'system:masters';

export class Authorizer {
  readonly rbac: Rbac;
  readonly #plane: Plane;

  constructor(plane: Plane) {
    this.#plane = plane;
    this.rbac = new Rbac(plane);
  }

  judge(caller: Caller, access: AccessAttributes): Verdict {
    if (caller.groups.includes(MASTERS)) return { allowed: true, reason: '' };
    const node = nodeOf(caller);
    if (node !== undefined && nodeMay(this.#plane, node, access)) return { allowed: true, reason: '' };
    const binding = this.rbac.allowedBy(caller, access);
    return binding === undefined
      ? { allowed: false, reason: '' }
      : { allowed: true, reason: `RBAC: allowed by ${binding}` };
  }

  /** Throws 403 where the caller may not. */
  require(caller: Caller, access: AccessAttributes): void {
    if (this.judge(caller, access).allowed) return;
    const why = cannot(caller.name, access);
    if (access.kind === 'path') throw failure('Forbidden', `forbidden: ${why}`);
    const { group, resource, name } = access;
    const what = group ? `${resource}.${group}` : resource;
    const details = { ...(name !== undefined && { name }), ...(group && { group }), kind: resource };
    throw failure('Forbidden', `${what}${name === undefined ? '' : ` "${name}"`} is forbidden: ${why}`, details);
  }
}
