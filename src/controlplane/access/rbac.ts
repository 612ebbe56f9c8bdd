/** Role-based access: what the Roles bound to a caller and its groups add up to. */
import type { Caller } from '../handlers/request.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';
import type { AccessAttributes } from './attributes.ts';
import { type PolicyRule, ruleAllows } from './rbac-rule.ts';

const GROUP = 'rbac.authorization.k8s.io';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** Rules that somebody holds; without a namespace everywhere. */
interface Grant {
  readonly namespace: string | undefined;
  readonly rules: readonly PolicyRule[];
  /** For the reason that a review gives. */
  readonly binding: string;
}

export class Rbac {
  readonly #plane: Plane;
  /** By subject: `User:…` or `Group:…`. Made anew after any change of a role or a binding. */
  #grants: Map<string, Grant[]> | undefined;

  constructor(plane: Plane) {
    this.#plane = plane;
    for (const plural of ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'])
      plane.of(GROUP, plural).subscribe(() => {
        this.#grants = undefined;
      });
  }

  /** The binding that allows this, or undefined. */
  allowedBy(caller: Caller, access: AccessAttributes): string | undefined {
    const namespace = access.kind === 'resource' ? access.namespace : undefined;
    return this.#held(caller, namespace).find((grant) => grant.rules.some((rule) => ruleAllows(rule, access)))?.binding;
  }

  /** All rules that a caller holds in a namespace, or everywhere where none is named; those that hold everywhere first. */
  rulesOf(caller: Caller, namespace: string | undefined): PolicyRule[] {
    const held = this.#held(caller, namespace);
    const [wide, narrow] = [held.filter((grant) => !grant.namespace), held.filter((grant) => grant.namespace)];
    return [...wide, ...narrow].flatMap((grant) => grant.rules);
  }

  /** The rules behind a roleRef; undefined for a role that is not there. */
  rulesOfRole(roleRef: Json, namespace: string | undefined): readonly PolicyRule[] | undefined {
    const cluster = roleRef.kind === 'ClusterRole';
    const collection = this.#plane.of(GROUP, cluster ? 'clusterroles' : 'roles');
    const entry = this.#plane.store.newest(collection, cluster ? roleRef.name : `${namespace}/${roleRef.name}`);
    return entry && (entry.parse().rules ?? []);
  }

  #held({ name, groups }: Caller, namespace: string | undefined): Grant[] {
    this.#grants ??= this.#index();
    const subjects = [`User:${name}`, ...groups.map((group) => `Group:${group}`)];
    const grants = subjects.flatMap((subject) => this.#grants!.get(subject) ?? []);
    return grants.filter((grant) => grant.namespace === undefined || grant.namespace === namespace);
  }

  #index(): Map<string, Grant[]> {
    const grants = new Map<string, Grant[]>();
    for (const plural of ['clusterrolebindings', 'rolebindings']) {
      for (const entry of this.#plane.of(GROUP, plural).current.values()) {
        const { metadata, roleRef, subjects } = entry.parse();
        const { namespace, name } = metadata;
        const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding';
        const binding = `${kind} "${name}${namespace ? `/${namespace}` : ''}" of ${roleRef.kind} "${roleRef.name}"`;
        const rules = this.rulesOfRole(roleRef, namespace) ?? [];
        for (const subject of subjects ?? []) {
          const grant = { namespace, rules, binding: `${binding} to ${subjectText(subject, namespace)}` };
          const key = subjectKey(subject, namespace);
          const held = grants.get(key);
          if (held) held.push(grant);
          else grants.set(key, [grant]);
        }
      }
    }
    return grants;
  }
}

function subjectText({ kind, name, namespace }: Json, within: string | undefined): string {
  return `${kind} "${name}${kind === 'ServiceAccount' ? `/${namespace ?? within}` : ''}"`;
}

function subjectKey({ kind, name, namespace }: Json, within: string | undefined): string {
  return kind === 'ServiceAccount' ? `User:${SERVICE_ACCOUNT}${namespace ?? within}:${name}` : `${kind}:${name}`;
}
