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
  // GroupServices: their Services and EndpointSlices.
  { apiGroups: [''], resources: ['services'], verbs: ['create', 'update'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: [...READ, 'create', 'update', 'delete'] },
  { apiGroups: ['apps.jdos.jd.com'], resources: ['podrebuilds'], verbs: ['delete'] },
  // Addresses: one object for each that is out; claims are kept from going while a Pod has what they claim.
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipallocations'], verbs: ['create', 'update', 'delete'] },
  { apiGroups: ['network.jdos.jd.com'], resources: ['ipclaims'], verbs: ['create', 'patch', 'delete'] },
  // Inspection: facts of hosts, by their own endpoint or by the agent's Pod.
  { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
  // Disruption: budgets that stand for policies.
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: [...READ, 'create', 'patch', 'delete'] },
  // Verdicts and inspection: hosts' own endpoints, over the API server.
  { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
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

/** ClusterRoles and their binding, as they are applied with the kinds. */
export function accessManifests(): AccessManifest[] {
  return [
    role(CONTROLLERS_USER, CONTROLLER_RULES),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: CONTROLLERS_USER },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: CONTROLLERS_USER },
      subjects: [{ apiGroup: RBAC, kind: 'User', name: CONTROLLERS_USER }],
    },
    role('jdos:node-agent', NODE_AGENT_RULES),
    role('jdos:view', [{ apiGroups: JDOS_GROUPS, resources: ['*'], verbs: READ }], 'view'),
    role('jdos:edit', [{ apiGroups: ['apps.jdos.jd.com'], resources: ['*'], verbs: WRITE }], 'edit'),
  ];
}

/** Those who may view or edit a namespace may do so with what JDOS keeps in it. */
function role(name: string, rules: readonly AccessRule[], aggregateTo?: string): AccessManifest {
  const labels = aggregateTo && { [`${RBAC}/aggregate-to-${aggregateTo}`]: 'true' };
  return { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name, ...(labels && { labels }) }, rules };
}
