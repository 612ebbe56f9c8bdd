/** The roles and bindings that a cluster has from its first moment, and keeps: missing ones are put back at a start. */
import type { PolicyRule } from './rbac-rule.ts';

export interface DefaultRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Gathers the rules of all roles with this label. */
  readonly aggregates?: string;
}

export interface DefaultBinding {
  readonly role: string;
  readonly subjects: readonly { readonly kind: 'User' | 'Group'; readonly name: string }[];
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const AGGREGATE = 'rbac.authorization.k8s.io/aggregate-to-';

function rule(verbs: readonly string[], group: string, ...resources: string[]): PolicyRule {
  return { apiGroups: [group], resources, verbs };
}

/** What may be seen in a namespace without its secrets and its access rules. */
const VIEWABLE: readonly (readonly [string, ...string[]])[] = [
  [
    '',
    'configmaps',
    'endpoints',
    'persistentvolumeclaims',
    'persistentvolumeclaims/status',
    'pods',
    'replicationcontrollers',
    'replicationcontrollers/scale',
    'serviceaccounts',
    'services',
    'services/status',
  ],
  [
    '',
    'bindings',
    'events',
    'limitranges',
    'namespaces/status',
    'pods/log',
    'pods/status',
    'replicationcontrollers/status',
    'resourcequotas',
    'resourcequotas/status',
  ],
  ['', 'namespaces'],
  ['discovery.k8s.io', 'endpointslices'],
  [
    'apps',
    'controllerrevisions',
    'daemonsets',
    'daemonsets/status',
    'deployments',
    'deployments/scale',
    'deployments/status',
    'replicasets',
    'replicasets/scale',
    'replicasets/status',
    'statefulsets',
    'statefulsets/scale',
    'statefulsets/status',
  ],
  ['autoscaling', 'horizontalpodautoscalers', 'horizontalpodautoscalers/status'],
  ['batch', 'cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'],
  ['networking.k8s.io', 'ingresses', 'ingresses/status', 'networkpolicies'],
  ['policy', 'poddisruptionbudgets', 'poddisruptionbudgets/status'],
];

const EDIT_RULES: readonly PolicyRule[] = [
  rule(READ, '', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'),
  rule(['impersonate'], '', 'serviceaccounts'),
  rule(WRITE, '', 'pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'),
  rule(['create'], '', 'pods/eviction', 'serviceaccounts/token'),
  rule(
    WRITE,
    '',
    'configmaps',
    'events',
    'persistentvolumeclaims',
    'replicationcontrollers',
    'replicationcontrollers/scale',
    'secrets',
    'serviceaccounts',
    'services',
    'services/proxy',
  ),
  rule(
    WRITE,
    'apps',
    'daemonsets',
    'deployments',
    'deployments/rollback',
    'deployments/scale',
    'replicasets',
    'replicasets/scale',
    'statefulsets',
    'statefulsets/scale',
  ),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'cronjobs', 'jobs'),
  rule(WRITE, 'networking.k8s.io', 'ingresses', 'networkpolicies'),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule([...READ, ...WRITE], 'coordination.k8s.io', 'leases'),
];

const ADMIN_RULES: readonly PolicyRule[] = [
  rule(['create'], 'authorization.k8s.io', 'localsubjectaccessreviews'),
  rule([...READ, ...WRITE], 'rbac.authorization.k8s.io', 'rolebindings', 'roles'),
];

const EVENTS = [
  rule(['create', 'patch', 'update'], '', 'events'),
  rule(['create', 'patch', 'update'], 'events.k8s.io', 'events'),
];

const DISCOVERY_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

export const DEFAULT_ROLES: readonly DefaultRole[] = [
  { name: 'cluster-admin', rules: [rule(['*'], '*', '*'), { nonResourceURLs: ['*'], verbs: ['*'] }] },
  { name: 'admin', rules: [], aggregates: `${AGGREGATE}admin` },
  { name: 'edit', rules: [], aggregates: `${AGGREGATE}edit`, labels: { [`${AGGREGATE}admin`]: 'true' } },
  { name: 'view', rules: [], aggregates: `${AGGREGATE}view`, labels: { [`${AGGREGATE}edit`]: 'true' } },
  { name: 'system:aggregate-to-admin', rules: ADMIN_RULES, labels: { [`${AGGREGATE}admin`]: 'true' } },
  { name: 'system:aggregate-to-edit', rules: EDIT_RULES, labels: { [`${AGGREGATE}edit`]: 'true' } },
  {
    name: 'system:aggregate-to-view',
    rules: VIEWABLE.map(([group, ...resources]) => rule(READ, group, ...resources)),
    labels: { [`${AGGREGATE}view`]: 'true' },
  },
  {
    name: 'system:aggregated-metrics-reader',
    rules: [rule(['get', 'list'], 'metrics.k8s.io', 'pods', 'nodes')],
    labels: { [`${AGGREGATE}admin`]: 'true', [`${AGGREGATE}edit`]: 'true', [`${AGGREGATE}view`]: 'true' },
  },
  { name: 'system:discovery', rules: [{ nonResourceURLs: DISCOVERY_PATHS, verbs: ['get'] }] },
  {
    name: 'system:public-info-viewer',
    rules: [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }],
  },
  {
    name: 'system:monitoring',
    rules: [
      {
        nonResourceURLs: ['/healthz', '/healthz/*', '/livez', '/livez/*', '/metrics', '/readyz', '/readyz/*'],
        verbs: ['get'],
      },
    ],
  },
  {
    name: 'system:basic-user',
    rules: [
      rule(['create'], 'authorization.k8s.io', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'),
      rule(['create'], 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      rule(['create'], 'authentication.k8s.io', 'tokenreviews'),
      rule(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
    ],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      ...EVENTS,
      rule(['create'], 'coordination.k8s.io', 'leases'),
      rule(['get', 'list', 'watch', 'update'], 'coordination.k8s.io', 'leases'),
      rule(READ, '', 'namespaces', 'nodes', 'pods', 'replicationcontrollers', 'services'),
      rule([...READ, 'update', 'patch'], '', 'persistentvolumeclaims', 'persistentvolumes'),
      rule(['delete'], '', 'pods'),
      rule(['create'], '', 'bindings', 'pods/binding'),
      rule(['patch', 'update'], '', 'pods/status'),
      rule(READ, 'apps', 'replicasets', 'statefulsets'),
      rule(READ, 'policy', 'poddisruptionbudgets'),
      rule(READ, 'scheduling.k8s.io', 'priorityclasses'),
      rule(
        READ,
        'storage.k8s.io',
        'csidrivers',
        'csinodes',
        'csistoragecapacities',
        'storageclasses',
        'volumeattachments',
      ),
      rule(READ, 'resource.k8s.io', '*'),
      rule(['create'], 'authentication.k8s.io', 'tokenreviews'),
      rule(['create'], 'authorization.k8s.io', 'subjectaccessreviews'),
    ],
  },
  {
    // Garbage collection and the end of a namespace reach every kind that there is, so their rights do too.
    name: 'system:kube-controller-manager',
    rules: [
      rule([...READ, ...WRITE], '*', '*'),
      rule(['create'], '', 'serviceaccounts/token'),
      { nonResourceURLs: DISCOVERY_PATHS, verbs: ['get'] },
    ],
  },
  {
    name: 'jdos:fleet',
    rules: [
      ...EVENTS,
      rule([...READ, 'create', 'patch', 'update', 'delete'], '', 'nodes'),
      rule(['patch', 'update'], '', 'nodes/status', 'pods/status'),
      rule([...READ, 'delete'], '', 'pods'),
      rule(READ, '', 'configmaps', 'secrets', 'services', 'persistentvolumeclaims', 'persistentvolumes'),
      rule(READ, 'storage.k8s.io', 'csidrivers', 'csinodes', 'storageclasses'),
      rule([...READ, 'create', 'patch', 'update'], 'coordination.k8s.io', 'leases'),
      rule(['get', 'create'], '', 'namespaces'),
      rule(READ, 'network.jdos.jd.com', 'ippools', 'ipclaims'),
      rule(['create'], 'network.jdos.jd.com', 'ipclaims'),
      rule(['update'], 'network.jdos.jd.com', 'ipclaims/status'),
    ],
  },
  // What simulated hosts say of themselves. Behind this right of a real cluster are all commands in all Pods, so there
  // JDOS's controllers do without it.
  { name: 'jdos:simulated-hosts', rules: [rule(['get'], '', 'nodes/proxy')] },
];

const AUTHENTICATED = { kind: 'Group', name: 'system:authenticated' } as const;

export const DEFAULT_BINDINGS: readonly DefaultBinding[] = [
  { role: 'cluster-admin', subjects: [{ kind: 'Group', name: 'system:masters' }] },
  { role: 'system:discovery', subjects: [AUTHENTICATED] },
  { role: 'system:basic-user', subjects: [AUTHENTICATED] },
  { role: 'system:public-info-viewer', subjects: [AUTHENTICATED, { kind: 'Group', name: 'system:unauthenticated' }] },
  { role: 'system:monitoring', subjects: [{ kind: 'Group', name: 'system:monitoring' }] },
  { role: 'system:kube-scheduler', subjects: [{ kind: 'User', name: 'system:kube-scheduler' }] },
  { role: 'system:kube-controller-manager', subjects: [{ kind: 'User', name: 'system:kube-controller-manager' }] },
  { role: 'jdos:fleet', subjects: [{ kind: 'User', name: 'jdos:fleet' }] },
  { role: 'jdos:simulated-hosts', subjects: [{ kind: 'User', name: 'jdos:controllers' }] },
];
