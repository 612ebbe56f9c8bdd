/** Rights that come with the kinds: of JDOS's own controllers, and of the users of a cluster. */
import type { KubeObject } from '../kube/index.ts';

export interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export type AccessManifest = Omit<KubeObject, 'metadata'> & {
  metadata: { name: string; labels?: Record<string, string> };
  [member: string]: unknown;
};

/** The user as whom JDOS's own controllers speak. */
export const CONTROLLERS_USER = 'jdos:controllers';

/** The groups as whom people of the console act on the cluster, by their role there. */
export const CONSOLE_GROUPS = { viewer: 'jdos:viewers', operator: 'jdos:operators', admin: 'jdos:admins' } as const;

/** The right to read who asked the API servers for what; no kind of the cluster stands behind it. */
export const AUDIT_READING = { verb: 'get', group: 'audit.jdos.jd.com', resource: 'events' } as const;

const RBAC = 'rbac.authorization.k8s.io';
const JDOS_GROUPS = ['apps.jdos.jd.com', 'network.jdos.jd.com', 'policy.jdos.jd.com'];
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** No more than what the controllers do; each line names whose it is. */
const CONTROLLER_RULES: readonly AccessRule[] = [
  // All: read their kinds, tell what they found, hold objects until they have let go.
  { apiGroups: JDOS_GROUPS, resources: ['*'], verbs: READ },
  { apiGroups: JDOS_GROUPS, resources: ['*/status', '*/finalizers'], verbs: ['update', 'patch'] },
  { apiGroups: [''], resources: ['nodes', 'namespaces', 'services'], verbs: READ },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...READ, 'create', 'update', 'patch'] },
  // Groups: Pods and their in-place changes, revisions, frozen configuration; finished requests are cleared away.
  { apiGroups: [''], resources: ['pods'], verbs: [...READ, 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods/status', 'pods/resize'], verbs: ['patch'] },
  { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: [...READ, 'create', 'update', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: [...READ, 'create', 'patch', 'delete'] },
  // What a Group takes out of service is charged to the budgets that evictions ask.
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets/status'], verbs: ['patch'] },
  // Releases: requests are taken off when they are carried out; checks that are commands.
  { apiGroups: ['apps.jdos.jd.com'], resources: ['releases'], verbs: ['patch'] },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create'] },
  // GroupServices: their Services and EndpointSlices.
  { apiGroups: [''], resources: ['services'], verbs: ['create', 'update'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: [...READ, 'create', 'update', 'delete'] },
  { apiGroups: ['apps.jdos.jd.com'], resources: ['podrebuilds'], verbs: ['delete'] },
  // Addresses: one object for each that is out; claims are kept from going while a Pod has what they claim.
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipallocations'], verbs: ['create', 'update', 'delete'] },
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipclaims'], verbs: ['create', 'patch', 'delete'] },
  // Disruption: budgets that stand for policies.
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: [...READ, 'create', 'patch', 'delete'] },
  // Verdicts, inspection and repairs: commands in the Pods that are there for it. The right comes with these
  // (deploy/agent.yaml, deploy/repair.yaml), and holds in their namespaces only.
  // Hosts: labels, taints, cordons and conditions of Nodes; drains by eviction; a lock for each host in maintenance.
  { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods/eviction', 'namespaces'], verbs: ['create'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['update'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['delete'] },
];

/** What the agent of a node does: it binds claims to the sandboxes of its host. */
const NODE_AGENT_RULES: readonly AccessRule[] = [
  { apiGroups: ['network.jdos.jd.com'], resources: ['ippools'], verbs: READ },
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipclaims'], verbs: ['get', 'create'] },
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipclaims/status'], verbs: ['update'] },
  { apiGroups: [''], resources: ['nodes'], verbs: READ },
  { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get'] },
];

/** What people of the console see beyond a namespace's `view`. */
const VIEWER_RULES: readonly AccessRule[] = [
  { apiGroups: [''], resources: ['nodes', 'persistentvolumes'], verbs: READ },
  { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: READ },
  { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: READ },
];

/** What operators do to hosts beyond a namespace's `edit`. */
const OPERATOR_RULES: readonly AccessRule[] = [
  // Cordons, labels, taints, and the conditions that tell of them.
  { apiGroups: [''], resources: ['nodes', 'nodes/status'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
];

/** ClusterRoles and their binding, as they are applied with the kinds. */
export function accessManifests(): AccessManifest[] {
  const { viewer, operator, admin } = CONSOLE_GROUPS;
  return [
    role(CONTROLLERS_USER, CONTROLLER_RULES),
    binding(CONTROLLERS_USER, CONTROLLERS_USER, [{ kind: 'User', name: CONTROLLERS_USER }]),
    role('jdos:viewer', VIEWER_RULES),
    role('jdos:operator', OPERATOR_RULES),
    binding('jdos:viewers', 'jdos:viewer', groups(viewer, operator)),
    binding('jdos:viewers:view', 'view', groups(viewer, operator)),
    binding('jdos:operators', 'jdos:operator', groups(operator)),
    binding('jdos:operators:edit', 'edit', groups(operator)),
    binding('jdos:admins', 'cluster-admin', groups(admin)),
    role('jdos:node-agent', NODE_AGENT_RULES),
    role('jdos:audit-reader', [
      { apiGroups: [AUDIT_READING.group], resources: [AUDIT_READING.resource], verbs: [AUDIT_READING.verb] },
    ]),
    role('jdos:view', [{ apiGroups: JDOS_GROUPS, resources: ['*'], verbs: READ }], 'view'),
    role('jdos:edit', [{ apiGroups: ['apps.jdos.jd.com'], resources: ['*'], verbs: WRITE }], 'edit'),
  ];
}

/** Those who may view or edit a namespace may do so with what JDOS keeps in it. */
function role(name: string, rules: readonly AccessRule[], aggregateTo?: string): AccessManifest {
  const labels = aggregateTo && { [`${RBAC}/aggregate-to-${aggregateTo}`]: 'true' };
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, ...(labels && { labels }) }, rules };
}

interface Subject {
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

function binding(name: string, to: string, subjects: readonly Subject[]): AccessManifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: to },
    subjects: subjects.map((subject) => ({ apiGroup: RBAC, ...subject })),
  };
}

function groups(...names: readonly string[]): Subject[] {
  return names.map((name) => ({ kind: 'Group', name }));
}
