/** Roles and their bindings: who may what. */
import { type KubeObject, resourceType } from '../../../kube/index.ts';
import { list, text } from '../column.ts';
import { childTable, kindTable } from '../kind-table.ts';

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}
interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
interface RoleLike extends KubeObject {
  readonly rules?: readonly Rule[];
}
interface BindingLike extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

const API = 'rbac.authorization.k8s.io/v1';

function role(kind: string, namespaced: boolean) {
  const type = resourceType<RoleLike>(API, kind, `${kind.toLowerCase()}s`, namespaced);
  const name = namespaced ? 'role_rules' : 'cluster_role_rules';
  const rules = childTable<RoleLike, Rule>(name, `Rules of ${kind}s`, (of) => of.rules, [
    list('verbs', 'what may be done', (rule) => rule.verbs),
    list('api_groups', 'in which groups', (rule) => rule.apiGroups),
    list('resources', 'to which resources', (rule) => rule.resources),
    list('resource_names', 'only to objects of these names', (rule) => rule.resourceNames),
    list('urls', 'or to which paths', (rule) => rule.nonResourceURLs),
  ]);
  return kindTable(type, { doc: `${kind}s`, documents: false, columns: [], children: [rules] });
}

function binding(kind: string, namespaced: boolean) {
  const type = resourceType<BindingLike>(API, kind, `${kind.toLowerCase()}s`, namespaced);
  const name = namespaced ? 'role_subjects' : 'cluster_role_subjects';
  const subjects = childTable<BindingLike, Subject>(name, `Whom ${kind}s give rights`, (of) => of.subjects, [
    text('kind', '`User`, `Group` or `ServiceAccount`', (subject) => subject.kind),
    text('name', 'name of the subject', (subject) => subject.name),
    text('subject_namespace', 'its namespace', (subject) => subject.namespace),
  ]);
  return kindTable(type, {
    doc: `${kind}s`,
    documents: false,
    children: [subjects],
    columns: [
      text('role_kind', '`Role` or `ClusterRole`', (of) => of.roleRef.kind),
      text('role_name', 'name of the role', (of) => of.roleRef.name),
    ],
  });
}

export const roles = role('Role', true);
export const clusterRoles = role('ClusterRole', false);
export const roleBindings = binding('RoleBinding', true);
export const clusterRoleBindings = binding('ClusterRoleBinding', false);
