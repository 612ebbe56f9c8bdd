/** For tests: changes that an API server does not take, with its words for why, and changes that it takes. */
import type { Json } from '../definition.ts';
import { job, pod, service, set, workload } from './fixture.ts';

type Change = (object: Json) => void;

const podRule =
  'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const setRule =
  "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export const refusedChanges: readonly (readonly [kind: string, draft: Json, change: Change, refusal: string])[] = [
  ['Pod', pod(), set('spec.schedulerName', 'other'), `${podRule}\n  changed: schedulerName`],
  [
    'Pod',
    pod(),
    (o) => o.spec.containers.push({ name: 'd', image: 'x' }),
    'spec.containers: Forbidden: pod updates may not add or remove containers',
  ],
  [
    'Pod',
    pod({ activeDeadlineSeconds: 5 }),
    set('spec.activeDeadlineSeconds', 6),
    'spec.activeDeadlineSeconds: Invalid value: 6: must be less than or equal to previous value',
  ],
  [
    'Pod',
    pod({ activeDeadlineSeconds: 5 }),
    (o) => delete o.spec.activeDeadlineSeconds,
    'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
  ],
  [
    'Pod',
    pod({ tolerations: [{ key: 'a', operator: 'Exists' }] }),
    set('spec.tolerations', []),
    'spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds',
  ],
  [
    'Pod',
    pod(),
    set('spec.schedulingGates', [{ name: 'g' }]),
    "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
  ],
  ['StatefulSet', workload(), set('spec.serviceName', 'x'), setRule],
  ['Deployment', workload(), relabel, 'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  ['ReplicaSet', workload(), relabel, 'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  ['DaemonSet', workload(), relabel, 'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable'],
  ['Job', job(), set('spec.completions', 5), 'spec.completions: Invalid value: 5: field is immutable'],
  [
    'Service',
    service({ clusterIP: '10.96.7.1' }),
    set('spec.clusterIP', '10.96.7.2'),
    'spec.clusterIPs[0]: Invalid value: ["10.96.7.2"]: may not change once set',
  ],
  [
    'ConfigMap',
    { immutable: true, data: { a: '1' } },
    set('data.a', '2'),
    'data: Forbidden: field is immutable when `immutable` is set',
  ],
  [
    'ConfigMap',
    { immutable: true },
    (o) => delete o.immutable,
    'immutable: Forbidden: field is immutable when `immutable` is set',
  ],
  ['Secret', {}, set('type', 'example.com/x'), 'type: Invalid value: "example.com/x": field is immutable'],
  [
    'RoleBinding',
    { roleRef: { kind: 'Role', name: 'a' } },
    set('roleRef.name', 'b'),
    'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: cannot change roleRef',
  ],
  ['PriorityClass', { value: 1 }, set('value', 2), 'value: Forbidden: may not be changed in an update.'],
  [
    'StorageClass',
    { provisioner: 'a' },
    set('parameters', { x: 'y' }),
    'parameters: Forbidden: updates to parameters are forbidden.',
  ],
  ['RuntimeClass', { handler: 'a' }, set('handler', 'b'), 'handler: Invalid value: "b": field is immutable'],
  ['ControllerRevision', { data: { a: 1 } }, set('data', { a: 2 }), 'data: Invalid value: {"a":2}: field is immutable'],
];

export const takenChanges: readonly (readonly [what: string, kind: string, draft: Json, change: Change])[] = [
  ['the image of a Pod', 'Pod', pod(), set('spec.containers.0.image', 'nginx:2')],
  ['a further toleration', 'Pod', pod(), set('spec.tolerations', [{ key: 'a', operator: 'Exists' }])],
  ['a gate that opens', 'Pod', pod({ schedulingGates: [{ name: 'g' }] }), (o) => delete o.spec.schedulingGates],
  ['where a gated Pod may run', 'Pod', pod({ schedulingGates: [{ name: 'g' }] }), set('spec.nodeSelector', { a: 'b' })],
  ['the labels of a Pod', 'Pod', pod(), set('metadata.labels', { a: 'b' })],
  ['the template of a Deployment', 'Deployment', workload(), set('spec.template.spec.containers.0.image', 'x')],
  ['the replicas of a StatefulSet', 'StatefulSet', workload(), set('spec.replicas', 9)],
  ['the parallelism of a Job', 'Job', job(), set('spec.parallelism', 3)],
  ['a Job that is suspended', 'Job', job(), set('spec.suspend', true)],
  ['the nodes of a Job that waits', 'Job', job({ suspend: true }), set('spec.template.spec.nodeSelector', { a: 'b' })],
  ['the ports of a Service', 'Service', service({ clusterIP: '10.96.7.1' }), set('spec.ports.0.port', 81)],
  [
    'the volume that a claim is bound to',
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    set('spec.volumeName', 'v'),
  ],
];

function relabel(object: Json): void {
  object.spec.selector.matchLabels.app = 'b';
  object.spec.template.metadata.labels.app = 'b';
}
