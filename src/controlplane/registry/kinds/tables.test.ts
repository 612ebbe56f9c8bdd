import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { ago, cells, created, headers, template, workload } from './fixture.ts';

const meta = { metadata: { name: 'x', namespace: 'default', creationTimestamp: ago(60) } };

/** Kind, the object, its cells, and with -o wide the further ones. */
const rows: [kind: string, object: Json, cells: unknown[], wide?: unknown[]][] = [
  [
    'Deployment',
    { ...workload({ replicas: 3 }), status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 } },
    ['x', '2/3', 3, 1, '60s'],
    ['c', 'nginx:1.27', 'app=web'],
  ],
  [
    'ReplicaSet',
    { ...workload({ replicas: 3 }), status: { replicas: 2, readyReplicas: 1 } },
    ['x', 3, 2, 1, '60s'],
    ['c', 'nginx:1.27', 'app=web'],
  ],
  [
    'StatefulSet',
    { ...workload({ replicas: 3 }), status: { readyReplicas: 1 } },
    ['x', '1/3', '60s'],
    ['c', 'nginx:1.27'],
  ],
  [
    'DaemonSet',
    {
      ...workload(),
      status: {
        desiredNumberScheduled: 5,
        currentNumberScheduled: 4,
        numberReady: 3,
        updatedNumberScheduled: 2,
        numberAvailable: 1,
      },
    },
    ['x', 5, 4, 3, 2, 1, '<none>', '60s'],
    ['c', 'nginx:1.27', 'app=web'],
  ],
  [
    'Job',
    {
      ...workload({ completions: 3 }),
      status: {
        succeeded: 1,
        startTime: ago(60),
        completionTime: ago(50),
        conditions: [{ type: 'Complete', status: 'True' }],
      },
    },
    ['x', 'Complete', '1/3', '10s', '60s'],
    ['c', 'nginx:1.27', 'app=web'],
  ],
  [
    'Job',
    { ...workload({ parallelism: 4 }), status: { startTime: ago(20) } },
    ['x', 'Running', '0/1 of 4', '20s', '60s'],
  ],
  [
    'CronJob',
    {
      spec: { schedule: '@daily', suspend: true, jobTemplate: { spec: { template: template() } } },
      status: { lastScheduleTime: ago(30), active: [{}] },
    },
    ['x', '@daily', '<none>', 'True', 1, '30s', '60s'],
    ['c', 'nginx:1.27', '<none>'],
  ],
  [
    'ReplicationController',
    {
      spec: { replicas: 1, selector: { app: 'web' }, template: template() },
      status: { replicas: 1, readyReplicas: 1 },
    },
    ['x', 1, 1, 1, '60s'],
    ['c', 'nginx:1.27', 'app=web'],
  ],
  [
    'Service',
    { spec: { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }] } },
    ['x', 'NodePort', '10.0.0.1', '<none>', '80:30080/TCP', '60s'],
    ['<none>'],
  ],
  [
    'Service',
    {
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.0.0.1',
        ports: [{ port: 53, protocol: 'UDP' }],
        selector: { b: 'c', a: 'b' },
      },
    },
    ['x', 'LoadBalancer', '10.0.0.1', '<pending>', '53/UDP', '60s'],
    ['a=b,b=c'],
  ],
  [
    'Service',
    { spec: { type: 'ExternalName', externalName: 'a.example.com' } },
    ['x', 'ExternalName', '<none>', 'a.example.com', '<none>', '60s'],
  ],
  [
    'Ingress',
    {
      spec: { ingressClassName: 'nginx', tls: [{}], rules: ['a', 'b', 'c', 'd'].map((host) => ({ host })) },
      status: { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb' }] } },
    },
    ['x', 'nginx', 'a,b,c + 1 more...', '1.2.3.4,lb', '80, 443', '60s'],
  ],
  ['Ingress', { spec: {} }, ['x', '<none>', '*', '', '80', '60s']],
  [
    'Endpoints',
    { subsets: [{ addresses: [{ ip: '1.1.1.1' }, { ip: 'fd00::1' }], ports: [{ port: 80 }] }] },
    ['x', '1.1.1.1:80,[fd00::1]:80', '60s'],
  ],
  [
    'EndpointSlice',
    { addressType: 'IPv4', ports: [{ port: 80 }], endpoints: ['1', '2', '3', '4'].map((a) => ({ addresses: [a] })) },
    ['x', 'IPv4', '80', '1,2,3 + 1 more...', '60s'],
  ],
  [
    'Node',
    {
      metadata: {
        ...meta.metadata,
        labels: { 'node-role.kubernetes.io/control-plane': '', 'node-role.kubernetes.io/a': '' },
      },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        nodeInfo: { kubeletVersion: 'v1.35.0' },
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      },
    },
    ['x', 'NotReady,SchedulingDisabled', 'a,control-plane', '60s', 'v1.35.0'],
    ['10.0.0.1', '<none>', '<unknown>', '<unknown>', '<unknown>'],
  ],
  ['Node', { spec: {} }, ['x', 'Unknown', '<none>', '60s', '']],
  ['Namespace', { status: { phase: 'Terminating' } }, ['x', 'Terminating', '60s']],
  ['ConfigMap', { data: { a: '', b: '' }, binaryData: { c: '' } }, ['x', 3, '60s']],
  ['Secret', { type: 'Opaque', data: { a: '' } }, ['x', 'Opaque', 1, '60s']],
  ['ServiceAccount', {}, ['x', '60s']],
  [
    'Event',
    {
      lastTimestamp: ago(5),
      firstTimestamp: ago(90),
      count: 3,
      type: 'Warning',
      reason: 'Failed',
      message: 'no image\n',
      source: { component: 'kubelet', host: 'n1' },
      involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec' },
    },
    ['5s', 'Warning', 'Failed', 'pod/p', 'no image'],
  ],
  [
    'PersistentVolume',
    {
      spec: {
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteMany', 'ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'fast',
        claimRef: { namespace: 'n', name: 'c' },
        volumeMode: 'Block',
      },
      status: { phase: 'Bound' },
    },
    ['x', '1Gi', 'RWO,RWX', 'Delete', 'Bound', 'n/c', 'fast', '<unset>', '', '60s'],
    ['Block'],
  ],
  [
    'PersistentVolumeClaim',
    {
      spec: { volumeName: 'v', storageClassName: 'fast', volumeMode: 'Filesystem' },
      status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOncePod'] },
    },
    ['x', 'Bound', 'v', '1Gi', 'RWOP', 'fast', '<unset>', '60s'],
    ['Filesystem'],
  ],
  [
    'StorageClass',
    {
      metadata: { ...meta.metadata, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'p',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'Immediate',
    },
    ['x (default)', 'p', 'Delete', 'Immediate', false, '60s'],
  ],
  [
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
          { type: 'Pods', pods: { target: { averageValue: '10' } } },
          { type: 'Object', object: { target: { value: '3' } } },
        ],
      },
      status: { currentReplicas: 3, currentMetrics: [{ resource: { current: { averageUtilization: 42 } } }] },
    },
    ['x', 'Deployment/web', 'cpu: 42%/50%, <unknown>/10 + 1 more...', '2', 5, 3, '60s'],
  ],
  [
    'PodDisruptionBudget',
    { spec: { maxUnavailable: '25%' }, status: { disruptionsAllowed: 2 } },
    ['x', 'N/A', '25%', 2, '60s'],
  ],
  [
    'ControllerRevision',
    {
      metadata: {
        ...meta.metadata,
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', controller: true }],
      },
      revision: 2,
    },
    ['x', 'statefulset.apps/db', 2, '60s'],
  ],
  [
    'RoleBinding',
    {
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [
        { kind: 'User', name: 'a' },
        { kind: 'User', name: 'b' },
        { kind: 'ServiceAccount', namespace: 'n', name: 's' },
      ],
    },
    ['x', 'ClusterRole/view', '60s'],
    ['a, b', '', 'n/s'],
  ],
  ['PriorityClass', { value: 5, preemptionPolicy: 'Never' }, ['x', 5, false, '60s', 'Never']],
  ['Lease', { spec: { holderIdentity: 'me' } }, ['x', 'me', '60s']],
  ['LimitRange', {}, ['x', ago(60)]],
  [
    'ResourceQuota',
    { status: { hard: { pods: '10', 'limits.cpu': '5' }, used: { pods: '2' } } },
    ['x', 'pods: 2/10', 'limits.cpu: 0/5', '60s'],
  ],
  [
    'NetworkPolicy',
    { spec: { podSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['c', 'b'] }] } } },
    ['x', 'a in (b,c)', '60s'],
  ],
  [
    'IngressClass',
    { spec: { controller: 'c', parameters: { apiGroup: 'g', kind: 'K', name: 'n' } } },
    ['x', 'c', 'K.g/n', '60s'],
  ],
  [
    'VolumeAttachment',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
    ['x', 'a', 'p', 'n', false, '60s'],
  ],
  ['APIService', { spec: { service: { namespace: 'n', name: 's' } } }, ['x', 'n/s', 'Unknown', '60s']],
];

describe('kubectl get', () => {
  it.each(rows)('prints a %s', (kind, object, narrow, more) => {
    const whole = { ...meta, ...object };
    expect(cells(kind, whole)).toEqual(narrow);
    if (more) expect(cells(kind, whole, true).slice(narrow.length)).toEqual(more);
  });

  it.each([
    ['Deployment', ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']],
    ['ReplicaSet', ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE']],
    ['DaemonSet', ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE']],
    ['Job', ['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE']],
    ['CronJob', ['NAME', 'SCHEDULE', 'TIMEZONE', 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE']],
    ['Service', ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']],
    ['Node', ['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']],
    ['Event', ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']],
    ['HorizontalPodAutoscaler', ['NAME', 'REFERENCE', 'TARGETS', 'MINPODS', 'MAXPODS', 'REPLICAS', 'AGE']],
    ['PodDisruptionBudget', ['NAME', 'MIN AVAILABLE', 'MAX UNAVAILABLE', 'ALLOWED DISRUPTIONS', 'AGE']],
  ])('heads the columns of a %s', (kind, expected) => {
    expect(headers(kind)).toEqual(expected);
  });

  it('shows the wide columns of an event', () => {
    const event = created('Event', {
      metadata: { creationTimestamp: ago(60) },
      eventTime: ago(60),
      series: { count: 7, lastObservedTime: ago(2) },
      involvedObject: { kind: 'Node', name: 'n1' },
      reportingComponent: 'example.com/c',
      reportingInstance: 'c-1',
    }).object;
    expect(cells('Event', event, true)).toEqual(['2s', '', '', 'node/n1', '', 'example.com/c, c-1', '', '60s', 7, 'x']);
  });
});
