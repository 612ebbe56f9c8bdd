/** What is refused, with code, reason and causes; and what is said about fields that are unknown. */
import type { Json } from '../../../src/controlplane/registry/definition.ts';
import type { Cases } from '../suite.ts';
import { configMap, deployment, named, node, pod, podSpec, service } from './drafts.ts';

const container = (more: Json) => pod('p', { containers: [{ name: 'c', image: 'i', ...more }] });

/** Path, and an object that has something wrong. */
const refused: Readonly<Record<string, readonly [string, Json]>> = {
  'a ConfigMap with a bad name': ['configmaps', configMap('Bad_Name')],
  'a ConfigMap with a name too long': ['configmaps', configMap('a'.repeat(254))],
  'a ConfigMap with a bad key': ['configmaps', configMap('a', { 'a b': '1' })],
  'a ConfigMap with one key in data and binaryData': [
    'configmaps',
    { ...configMap('a', { x: '1' }), binaryData: { x: 'eA==' } },
  ],
  'a ConfigMap that is too large': ['configmaps', configMap('a', { x: 'y'.repeat(1_048_577) })],
  'a label that is none': ['configmaps', configMap('a', {}, { labels: { '-a': '1' } })],
  'a label whose value is none': ['configmaps', configMap('a', {}, { labels: { b: 'c d' } })],
  'annotations that are none': ['configmaps', configMap('a', {}, { annotations: { 'a b': '1' } })],
  'finalizers that are none': ['configmaps', configMap('a', {}, { finalizers: ['plain'] })],
  'an owner without a uid': [
    'configmaps',
    configMap('a', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p' }] }),
  ],
  'two owners that control': [
    'configmaps',
    configMap(
      'a',
      {},
      {
        ownerReferences: ['1', '2'].map((uid) => ({ apiVersion: 'v1', kind: 'Pod', name: 'p', uid, controller: true })),
      },
    ),
  ],
  'a Pod without containers': ['pods', pod('p', { containers: [] })],
  'a Pod with two containers of one name': [
    'pods',
    pod('p', {
      containers: [
        { name: 'c', image: 'i' },
        { name: 'c', image: 'i' },
      ],
    }),
  ],
  'a container without an image': ['pods', pod('p', { containers: [{ name: 'c' }] })],
  'a container with a bad name': ['pods', container({ name: 'C_1' })],
  'a container that requests more than its limit': [
    'pods',
    container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
  ],
  'a quantity that is none': ['pods', container({ resources: { requests: { cpu: 'lots' } } })],
  'a negative quantity': ['pods', container({ resources: { requests: { cpu: '-1' } } })],
  'a port out of range': ['pods', container({ ports: [{ containerPort: 70_000 }] })],
  'a host port that is used twice': [
    'pods',
    container({
      ports: [
        { containerPort: 1, hostPort: 80 },
        { containerPort: 2, hostPort: 80 },
      ],
    }),
  ],
  'a mount of a volume that is not there': ['pods', container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
  'a volume of two kinds': ['pods', pod('p', { volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] })],
  'a probe with two handlers': [
    'pods',
    container({ livenessProbe: { exec: { command: ['x'] }, tcpSocket: { port: 1 } } }),
  ],
  'a probe without a handler': ['pods', container({ readinessProbe: { periodSeconds: 3 } })],
  'an environment variable from two places': [
    'pods',
    container({ env: [{ name: 'A', value: '1', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
  ],
  'a downward field that is not there': [
    'pods',
    container({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.dance' } } }] }),
  ],
  'an unknown restart policy': ['pods', pod('p', { restartPolicy: 'Sometimes' })],
  'an unknown pull policy': ['pods', container({ imagePullPolicy: 'Perhaps' })],
  'a toleration that cannot be': [
    'pods',
    pod('p', {
      tolerations: [
        { operator: 'Exists', value: 'x', key: 'k' },
        { effect: 'NoDance', operator: 'Exists' },
      ],
    }),
  ],
  'a node affinity that cannot be': [
    'pods',
    pod('p', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
          },
        },
      },
    }),
  ],
  'spread constraints that cannot be': [
    'pods',
    pod('p', { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Maybe' }] }),
  ],
  'a priority class that is not there': ['pods', pod('p', { priorityClassName: 'none' })],
  'a service account that is not there': ['pods', pod('p', { serviceAccountName: 'none' })],
  'a scheduling gate with a host': ['pods', pod('p', { schedulingGates: [{ name: 'example.com/g' }], nodeName: 'n' })],
  'a Deployment whose selector does not select its template': [
    'deployments',
    deployment('d', { selector: { matchLabels: { app: 'other' } } }),
  ],
  'a Deployment with an empty selector': ['deployments', deployment('d', { selector: {} })],
  'a Deployment with negative replicas': ['deployments', deployment('d', { replicas: -1 })],
  'a rolling update of nothing at a time': [
    'deployments',
    deployment('d', { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }),
  ],
  'Recreate with rolling parameters': [
    'deployments',
    deployment('d', { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
  ],
  'a progress deadline shorter than readiness': [
    'deployments',
    deployment('d', { minReadySeconds: 600, progressDeadlineSeconds: 10 }),
  ],
  'a Service without ports': ['services', service('s', { ports: [] })],
  'a Service with two unnamed ports': ['services', service('s', { ports: [{ port: 80 }, { port: 81 }] })],
  'a Service with a name of digits first': ['services', service('1s')],
  'a Service with a cluster IP out of range': ['services', service('s', { clusterIP: '192.0.2.1' })],
  'a node port on a ClusterIP Service': ['services', service('s', { ports: [{ port: 80, nodePort: 30080 }] })],
  'an external Service without a name': ['services', service('s', { type: 'ExternalName' })],
  'a Job that restarts always': [
    'jobs',
    named('batch/v1', 'Job', 'j', { spec: { template: { spec: podSpec({ restartPolicy: 'Always' }) } } }),
  ],
  'a CronJob with a schedule that is none': [
    'cronjobs',
    named('batch/v1', 'CronJob', 'j', {
      spec: { schedule: 'often', jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } } },
    }),
  ],
  'a PodDisruptionBudget with both bounds': [
    'poddisruptionbudgets',
    named('policy/v1', 'PodDisruptionBudget', 'b', { spec: { minAvailable: 1, maxUnavailable: 1 } }),
  ],
  'an Ingress without a backend': ['ingresses', named('networking.k8s.io/v1', 'Ingress', 'i', { spec: {} })],
  'a claim without a size': [
    'persistentvolumeclaims',
    named('v1', 'PersistentVolumeClaim', 'c', { spec: { accessModes: ['ReadWriteOnce'] } }),
  ],
  'a Role with rules that cannot be': [
    'roles',
    named('rbac.authorization.k8s.io/v1', 'Role', 'r', {
      rules: [
        { verbs: [], resources: ['pods'], apiGroups: [''] },
        { verbs: ['get'], nonResourceURLs: ['/x'] },
      ],
    }),
  ],
  'a RoleBinding of nobody we know': [
    'rolebindings',
    named('rbac.authorization.k8s.io/v1', 'RoleBinding', 'r', {
      roleRef: { apiGroup: 'x', kind: 'Thing', name: '' },
      subjects: [{ kind: 'Robot', name: '' }],
    }),
  ],
  'a Node with a taint that cannot be': [
    'nodes',
    node('bad-node', { spec: { taints: [{ key: 'a', effect: 'Dance' }] } }),
  ],
  'a Lease that lasts no time': [
    'leases',
    named('coordination.k8s.io/v1', 'Lease', 'l', { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } }),
  ],
  'a PriorityClass that is too high': [
    'priorityclasses',
    named('scheduling.k8s.io/v1', 'PriorityClass', 'p', { value: 2_000_000_001 }),
  ],
  'a Namespace with a bad name': ['namespaces', named('v1', 'Namespace', 'Bad.Name')],
  'an EndpointSlice with a bad address': [
    'endpointslices',
    named('discovery.k8s.io/v1', 'EndpointSlice', 'e', {
      addressType: 'IPv4',
      endpoints: [{ addresses: ['nowhere'] }],
    }),
  ],
};

const unknown = { ...configMap('a'), dates: {}, metadata: { name: 'a', lables: {} } };
const twice = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","name":"a"},"data":{"x":"1","x":"2"}}';

export const validation: Cases = Object.fromEntries(
  Object.entries(refused).map(([what, [path, object]]) => [
    `${what} is refused`,
    (api) => api.post(path, object, { query: { dryRun: 'All' } }),
  ]),
);

export const fieldValidation: Cases = {
  'unknown fields bring a warning': (api) => api.post('configmaps', unknown),
  'unknown fields bring a warning when asked so': (api) =>
    api.post('configmaps', unknown, { query: { fieldValidation: 'Warn' } }),
  'unknown fields are refused when asked so': (api) =>
    api.post('configmaps', unknown, { query: { fieldValidation: 'Strict' } }),
  'unknown fields are passed over when asked so': (api) =>
    api.post('configmaps', unknown, { query: { fieldValidation: 'Ignore' } }),
  'fields that come twice bring a warning': (api) => api.post('configmaps', twice),
  'fields that come twice are refused when asked so': (api) =>
    api.post('configmaps', twice, { query: { fieldValidation: 'Strict' } }),
  'the last of fields that come twice counts': (api) =>
    api.post('configmaps', twice, { query: { fieldValidation: 'Ignore' } }),
  'fields of another case bring a warning': async (api) => {
    await api.post('configmaps', { ...configMap('a'), Data: { b: '1' } });
    await api.post('pods', pod('p', { NodeName: 'n' }));
  },
  'another way of validation is refused': (api) =>
    api.post('configmaps', unknown, { query: { fieldValidation: 'Sloppy' } }),
  'unknown fields deep in a Pod are named by their path': async (api) => {
    await api.post('pods', container({ dance: 1, resources: { request: {} } }), {
      query: { fieldValidation: 'Strict' },
    });
    await api.post(
      'deployments',
      deployment('d', { template: { metadata: { labels: { app: 'web' } }, spec: podSpec({ nodename: 'n' }) } }),
      { query: { fieldValidation: 'Strict' } },
    );
  },
  'unknown fields in YAML are named too': (api) =>
    api.send('POST', 'configmaps', {
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yam}\nzap: 1\ndata:\n  a: "1"\n  a: "2"\n',
      headers: { 'content-type': 'application/yaml' },
      query: { fieldValidation: 'Strict' },
    }),
  'patches are held to the same': async (api) => {
    await api.quietly('POST', 'deployments', deployment('d'));
    const none = { pick: () => undefined };
    for (const fieldValidation of ['Strict', 'Warn', 'Ignore']) {
      await api.patch('merge', 'deployments/d', { spec: { dance: 1 } }, { query: { fieldValidation }, ...none });
      await api.patch('strategic', 'deployments/d', { spec: { dance: 1 } }, { query: { fieldValidation }, ...none });
      await api.patch('json', 'deployments/d', [{ op: 'add', path: '/spec/dance', value: 1 }], {
        query: { fieldValidation },
        ...none,
      });
      await api.apply(
        'one',
        'deployments/d',
        { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { dance: 1 } },
        { query: { fieldValidation }, ...none },
      );
    }
  },
  'a replace is held to the same': async (api) => {
    await api.quietly('POST', 'configmaps', configMap('a'));
    await api.put('configmaps/a', { ...configMap('a'), dates: {} }, { query: { fieldValidation: 'Strict' } });
    await api.put('configmaps/a', { ...configMap('a'), dates: {} });
  },
  'old ways bring a warning': async (api) => {
    await api.post(
      'pods',
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      { pick: () => undefined },
    );
    await api.post('nodes', node(api.name('old'), { spec: { podCIDR: '10.0.0.0/24', externalID: 'x' } }), {
      pick: () => undefined,
    });
    await api.post('pods', pod('q', { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }), { pick: () => undefined });
  },
};
