/** Who may do what: roles name the verbs, bindings name the subjects. Here they are only kept. */
import type { Column, FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, invalids, notSupported, required } from '../validation/field-error.ts';
import { same } from '../validation/immutable.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { pathSegment } from '../validation/names.ts';
import { ageColumn, createdAtColumn, nameColumn, text, wide } from './columns.ts';
import { fill } from './fill.ts';

const GROUP = 'rbac.authorization.k8s.io';

export const roles: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'roles',
  singular: 'role',
  kind: 'Role',
  namespaced: true,
  createOnUpdate: true,
  columns: [nameColumn, createdAtColumn],
  strategy: { default: defaultRole, validate: (role) => rulesErrors(role, true) },
};

export const clusterRoles: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'clusterroles',
  singular: 'clusterrole',
  kind: 'ClusterRole',
  namespaced: false,
  createOnUpdate: true,
  columns: [nameColumn, createdAtColumn],
  strategy: { default: defaultRole, validate: validateClusterRole },
};

export const roleBindings: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'rolebindings',
  singular: 'rolebinding',
  kind: 'RoleBinding',
  namespaced: true,
  createOnUpdate: true,
  columns: bindingColumns(),
  strategy: {
    default: defaultBinding,
    validate: (binding) => bindingErrors(binding, ['Role', 'ClusterRole']),
    validateUpdate: roleRefErrors,
  },
};

export const clusterRoleBindings: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'clusterrolebindings',
  singular: 'clusterrolebinding',
  kind: 'ClusterRoleBinding',
  namespaced: false,
  createOnUpdate: true,
  columns: bindingColumns(),
  strategy: {
    default: defaultBinding,
    validate: (binding) => bindingErrors(binding, ['ClusterRole']),
    validateUpdate: roleRefErrors,
  },
};

function defaultRole(role: Json): void {
  role.rules ??= null;
}

function defaultBinding(binding: Json): void {
  fill(fill(binding, 'roleRef', {}), 'apiGroup', GROUP);
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= GROUP;
  }
}

function validateClusterRole(role: Json): FieldError[] {
  const selectors: Json[] = role.aggregationRule?.clusterRoleSelectors ?? [];
  const at = 'aggregationRule.clusterRoleSelectors';
  const needed = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
  return [
    ...rulesErrors(role, false),
    ...(role.aggregationRule && selectors.length === 0 ? [required(at, needed)] : []),
    ...selectors.flatMap((selector, i) => validateLabelSelector(selector, `${at}[${i}]`)),
  ];
}

function rulesErrors({ rules }: Json, namespaced: boolean): FieldError[] {
  return (rules ?? []).flatMap((rule: Json, i: number) => ruleErrors(rule, `rules[${i}]`, namespaced));
}

function ruleErrors(rule: Json, at: string, namespaced: boolean): FieldError[] {
  const errors = isEmpty(rule.verbs) ? [required(`${at}.verbs`, 'verbs must contain at least one value')] : [];
  if (!isEmpty(rule.nonResourceURLs)) return [...errors, ...urlErrors(rule, at, namespaced)];
  if (isEmpty(rule.apiGroups)) {
    errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (isEmpty(rule.resources)) {
    errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

function urlErrors(rule: Json, at: string, namespaced: boolean): FieldError[] {
  const field = `${at}.nonResourceURLs`;
  if (namespaced) return [invalid(field, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs')];
  if (['apiGroups', 'resources', 'resourceNames'].every((list) => isEmpty(rule[list]))) return [];
  const detail = 'rules cannot apply to both regular resources and non-resource URLs';
  return [invalid(field, rule.nonResourceURLs, detail)];
}

function bindingErrors({ metadata, roleRef = {}, subjects }: Json, kinds: string[]): FieldError[] {
  return [
    ...(roleRef.apiGroup === GROUP ? [] : [notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [GROUP])]),
    ...(kinds.includes(roleRef.kind) ? [] : [notSupported('roleRef.kind', roleRef.kind ?? '', kinds)]),
    ...(roleRef.name ? invalids('roleRef.name', roleRef.name, pathSegment(roleRef.name)) : [required('roleRef.name')]),
    ...(subjects ?? []).flatMap((subject: Json, i: number) =>
      subjectErrors(subject, `subjects[${i}]`, metadata.namespace),
    ),
  ];
}

const SUBJECTS = ['ServiceAccount', 'User', 'Group'];

/** In a RoleBinding a ServiceAccount is one of its own namespace unless it says otherwise. */
function subjectErrors(subject: Json, at: string, within: string | undefined): FieldError[] {
  const missing = subject.name ? [] : [required(`${at}.name`)];
  if (!SUBJECTS.includes(subject.kind)) return [...missing, notSupported(`${at}.kind`, subject.kind ?? '', SUBJECTS)];
  const group = subject.kind === 'ServiceAccount' ? '' : GROUP;
  return [
    ...missing,
    ...((subject.apiGroup ?? '') === group ? [] : [notSupported(`${at}.apiGroup`, subject.apiGroup ?? '', [group])]),
    ...(subject.kind === 'ServiceAccount' && !subject.namespace && !within ? [required(`${at}.namespace`)] : []),
  ];
}

function roleRefErrors(binding: Json, old: Json): FieldError[] {
  if (same(binding.roleRef, old.roleRef)) return [];
  const { apiGroup, kind, name } = binding.roleRef ?? {};
  return [invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

function isEmpty(list: Json): boolean {
  return (list ?? []).length === 0;
}

function bindingColumns(): Column[] {
  const named = (kind: string, name: (s: Json) => string) => (o: Json) =>
    (o.subjects ?? [])
      .filter((s: Json) => s.kind === kind)
      .map(name)
      .join(', ');
  return [
    nameColumn,
    text('Role', (o) => `${o.roleRef?.kind}/${o.roleRef?.name}`),
    ageColumn,
    wide(
      'Users',
      named('User', (s) => s.name),
    ),
    wide(
      'Groups',
      named('Group', (s) => s.name),
    ),
    wide(
      'ServiceAccounts',
      named('ServiceAccount', (s) => `${s.namespace}/${s.name}`),
    ),
  ];
}
