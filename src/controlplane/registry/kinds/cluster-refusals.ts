/** For tests: refusals of what a cluster is governed by, worded as kube-apiserver words them. */
import { label, labelValue, namePart, subdomain } from './name-sentences.ts';
import type { Refusal } from './refusal-cases.ts';

export const clusterRefusals: readonly Refusal[] = [
  [
    'Lease',
    { spec: { leaseDurationSeconds: 0 } },
    'spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0',
  ],
  [
    'Node',
    { spec: { taints: [{ key: 'a', effect: 'Never' }] } },
    'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
  ],
  [
    'PersistentVolume',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } } },
    'spec: Required value: must specify a volume type',
  ],
  [
    'Role',
    { rules: [{ apiGroups: [''], resources: ['pods'] }] },
    'rules[0].verbs: Required value: verbs must contain at least one value',
  ],
  [
    'RoleBinding',
    { roleRef: { kind: 'Group', name: 'r' } },
    'roleRef.kind: Unsupported value: "Group": supported values: "Role", "ClusterRole"',
  ],
  [
    'PriorityClass',
    { value: 2_000_000_000 },
    'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
  ],
  [
    'LimitRange',
    { spec: { limits: [{ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }] } },
    'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
  ],
  [
    'Lease',
    { spec: { leaseTransitions: -1, preferredHolder: 'x' } },
    'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'Node',
    {
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    },
    'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
  ],
  [
    'Node',
    { spec: { taints: [{ key: 'a b', value: 'c d' }] } },
    `[metadata.taints[0].key: Invalid value: "a b": ${namePart}, metadata.taints[0].value: Invalid value: "c d": ${labelValue}, metadata.taints[0].effect: Required value]`,
  ],
  [
    'Node',
    { status: { capacity: { cpu: '-1' } } },
    '[status.capacity.cpu: Invalid value: "-1": must be greater than or equal to 0, status.allocatable.cpu: Invalid value: "-1": must be greater than or equal to 0]',
  ],
  [
    'PersistentVolume',
    { spec: {} },
    '[spec.accessModes: Required value, spec.capacity: Required value, spec.capacity: Unsupported value: null: supported values: "storage", spec: Required value: must specify a volume type]',
  ],
  [
    'PersistentVolume',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { cpu: '1' },
        hostPath: { path: '/x' },
        nfs: { server: 'a', path: '/' },
      },
    },
    '[spec.capacity: Unsupported value: {"cpu":"1"}: supported values: "storage", spec.nfs: Forbidden: may not specify more than 1 volume type]',
  ],
  [
    'PersistentVolume',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1' }, local: { path: '/x' } } },
    'spec.nodeAffinity: Required value: Local volume requires node affinity',
  ],
  [
    'PersistentVolume',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1' },
        hostPath: { path: '/x' },
        persistentVolumeReclaimPolicy: 'x',
        volumeMode: 'y',
      },
    },
    '[spec.persistentVolumeReclaimPolicy: Unsupported value: "x": supported values: "Delete", "Recycle", "Retain", spec.volumeMode: Unsupported value: "y": supported values: "Block", "Filesystem"]',
  ],
  [
    'Role',
    { rules: [{ verbs: ['get'] }] },
    '[rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource]',
  ],
  [
    'Role',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'] }] },
    'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
  ],
  [
    'ClusterRole',
    { rules: [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['a'], apiGroups: [''] }] },
    'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
  ],
  [
    'ClusterRole',
    { aggregationRule: {} },
    'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
  ],
  [
    'RoleBinding',
    {},
    '[roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole", roleRef.name: Required value]',
  ],
  [
    'RoleBinding',
    {
      roleRef: { kind: 'Role', name: 'r' },
      subjects: [{ kind: 'x' }, { kind: 'User' }, { kind: 'ServiceAccount', name: 's', apiGroup: 'g' }],
    },
    '[subjects[0].name: Required value, subjects[0].kind: Unsupported value: "x": supported values: "ServiceAccount", "User", "Group", subjects[1].name: Required value, subjects[2].apiGroup: Unsupported value: "g": supported values: ""]',
  ],
  [
    'ClusterRoleBinding',
    { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'ServiceAccount', name: 's' }] },
    '[roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole", subjects[0].namespace: Required value]',
  ],
  [
    'PriorityClass',
    { metadata: { name: 'system-x' }, value: 1 },
    "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
  ],
  [
    'PriorityClass',
    { preemptionPolicy: 'x' },
    'preemptionPolicy: Unsupported value: "x": supported values: "PreemptLowerPriority", "Never"',
  ],
  ['StorageClass', {}, 'provisioner: Required value'],
  [
    'StorageClass',
    { provisioner: 'a b', reclaimPolicy: 'x', volumeBindingMode: 'y' },
    `[provisioner: Invalid value: "a b": ${namePart}, reclaimPolicy: Unsupported value: "x": supported values: "Delete", "Retain", volumeBindingMode: Unsupported value: "y": supported values: "Immediate", "WaitForFirstConsumer"]`,
  ],
  ['RuntimeClass', {}, `handler: Invalid value: "": ${label}`],
  ['RuntimeClass', { handler: 'A' }, `handler: Invalid value: "A": ${label}`],
  [
    'LimitRange',
    { spec: { limits: [{ type: 'Container', default: { cpu: '2' }, max: { cpu: '1' } }] } },
    '[spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than max value 1, spec.limits[0].default[cpu]: Invalid value: "1": default value 2 is greater than max value 1]',
  ],
  [
    'LimitRange',
    { spec: { limits: [{ type: 'Container', defaultRequest: { cpu: '2' }, default: { cpu: '1' } }] } },
    'spec.limits[0].defaultRequest[cpu]: Invalid value: "2": default request value 2 is greater than default limit value 1',
  ],
  [
    'LimitRange',
    { spec: { limits: [{ type: 'Pod', default: { cpu: '2' } }] } },
    `spec.limits[0].default: Forbidden: may not be specified when \`type\` is 'Pod'`,
  ],
  [
    'CSINode',
    { spec: { drivers: [{}] } },
    '[spec.drivers[0].name: Required value, spec.drivers[0].nodeID: Required value]',
  ],
  [
    'VolumeAttachment',
    { spec: {} },
    `[spec.attacher: Required value, spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName, spec.nodeName: Invalid value: "": ${subdomain}]`,
  ],
  ['CSIStorageCapacity', {}, `storageClassName: Invalid value: "": ${subdomain}`],
  [
    'MutatingWebhookConfiguration',
    { webhooks: [{ name: 'a' }] },
    '[webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots, webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun, webhooks[0].clientConfig: Required value: exactly one of url or service is required, webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1]',
  ],
  [
    'ValidatingWebhookConfiguration',
    {
      webhooks: [
        {
          name: 'a.b.c',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
          clientConfig: { url: 'https://x' },
          timeoutSeconds: 99,
          failurePolicy: 'x',
        },
      ],
    },
    '[webhooks[0].failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore", webhooks[0].timeoutSeconds: Invalid value: 99: the timeout value must be between 1 and 30 seconds]',
  ],
  [
    'ValidatingAdmissionPolicy',
    { spec: {} },
    '[spec.matchConstraints: Required value, spec.validations: Required value: validations or auditAnnotations must contain at least one item, spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item]',
  ],
  [
    'ValidatingAdmissionPolicyBinding',
    { spec: {} },
    '[spec.policyName: Required value, spec.validationActions: Required value: at least one validation action is required]',
  ],
  ['FlowSchema', {}, 'spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
  ['PriorityLevelConfiguration', {}, 'spec.type: Unsupported value: "": supported values: "Exempt", "Limited"'],
  [
    'APIService',
    { metadata: { name: 'x' }, spec: { group: 'g', version: 'v1' } },
    '[metadata.name: Invalid value: "x": must be `spec.version+"."+spec.group`: "v1.g", spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000, spec.versionPriority: Invalid value: 0: must be positive and less than 1000]',
  ],
  [
    'Namespace',
    { metadata: { name: 'a.b' }, spec: { finalizers: ['x'] } },
    '[metadata.name: Invalid value: "a.b": must not contain dots, spec.finalizers: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified]',
  ],
];
