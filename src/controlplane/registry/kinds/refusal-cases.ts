/** For tests: objects that an API server does not take, and its words for why. */
import type { Json } from '../definition.ts';
import { containing, job, pod, podSpec, service, template, workload } from './fixture.ts';

const [container] = podSpec.containers;
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

export const refusals: readonly (readonly [kind: string, draft: Json, refusal: string])[] = [
  ['Pod', { spec: {} }, 'spec.containers: Required value'],
  ['Pod', pod({ containers: [{ name: 'c' }] }), 'spec.containers[0].image: Required value'],
  ['Pod', pod({ containers: [{ image: 'x' }] }), 'spec.containers[0].name: Required value'],
  ['Pod', containing({ name: 'A' }), `spec.containers[0].name: Invalid value: "A": ${label}`],
  [
    'Pod',
    containing({ image: ' x' }),
    'spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace',
  ],
  ['Pod', pod({ containers: [container, container] }), 'spec.containers[1].name: Duplicate value: "c"'],
  ['Pod', pod({ initContainers: [container] }), 'spec.initContainers[0].name: Duplicate value: "c"'],
  [
    'Pod',
    pod({ initContainers: [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['a'] } } }] }),
    'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
  ],
  [
    'Pod',
    containing({ ports: [{ containerPort: 70_000 }] }),
    'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  ['Pod', containing({ ports: [{}] }), 'spec.containers[0].ports[0].containerPort: Required value'],
  [
    'Pod',
    containing({ ports: [{ containerPort: 1, protocol: 'tcp' }] }),
    'spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  ],
  [
    'Pod',
    containing({
      ports: [
        { containerPort: 1, name: 'web' },
        { containerPort: 2, name: 'web' },
      ],
    }),
    'spec.containers[0].ports[1].name: Duplicate value: "web"',
  ],
  [
    'Pod',
    containing({ livenessProbe: {} }),
    'spec.containers[0].livenessProbe: Required value: must specify a handler type',
  ],
  [
    'Pod',
    containing({ livenessProbe: { exec: { command: ['a'] }, tcpSocket: { port: 1 } } }),
    'spec.containers[0].livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type',
  ],
  [
    'Pod',
    containing({ livenessProbe: { exec: { command: ['a'] }, successThreshold: 2 } }),
    'spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1',
  ],
  [
    'Pod',
    containing({ readinessProbe: { exec: { command: ['a'] }, periodSeconds: -1 } }),
    'spec.containers[0].readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    'Pod',
    containing({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
  ],
  [
    'Pod',
    containing({ resources: { limits: { memory: '-1' } } }),
    '[spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0, spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0]',
  ],
  [
    'Pod',
    containing({ resources: { requests: { 'nvidia.com/gpu': '1' } } }),
    'spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources',
  ],
  [
    'Pod',
    containing({ volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
    'spec.containers[0].volumeMounts[0].name: Not found: "v"',
  ],
  [
    'Pod',
    pod({
      volumes: [{ name: 'v' }],
      containers: [
        {
          ...container,
          volumeMounts: [
            { name: 'v', mountPath: '/v' },
            { name: 'v', mountPath: '/v' },
          ],
        },
      ],
    }),
    'spec.containers[0].volumeMounts[1].mountPath: Invalid value: "/v": must be unique',
  ],
  ['Pod', pod({ volumes: [{ name: 'v' }, { name: 'v' }] }), 'spec.volumes[1].name: Duplicate value: "v"'],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }),
    'spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type',
  ],
  ['Pod', pod({ volumes: [{ name: 'v', secret: {} }] }), 'spec.volumes[0].secret.secretName: Required value'],
  ['Pod', containing({ env: [{}] }), 'spec.containers[0].env[0].name: Required value'],
  [
    'Pod',
    containing({ env: [{ name: 'a=b' }] }),
    'spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than \'=\'',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not be specified when `value` is not empty',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'nope' } } }] }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "nope": error converting fieldPath: field label not supported: nope',
  ],
  [
    'Pod',
    pod({ restartPolicy: 'Maybe' }),
    'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
  ],
  [
    'Pod',
    containing({ imagePullPolicy: 'Often' }),
    'spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [
    'Pod',
    pod({ activeDeadlineSeconds: 0 }),
    'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
  ],
  ['Pod', pod({ hostname: 'a.b' }), 'spec.hostname: Invalid value: "a.b": must not contain dots'],
  [
    'Pod',
    pod({ tolerations: [{ operator: 'Exists', effect: 'NoWay' }] }),
    'spec.tolerations[0].effect: Unsupported value: "NoWay": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
  ],
  [
    'Pod',
    pod({ tolerations: [{ value: 'x' }] }),
    'spec.tolerations[0].operator: Invalid value: "": operator must be Exists when `key` is empty, which means "match all values and all keys"',
  ],
  [
    'Pod',
    pod({ topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] }),
    'spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero',
  ],
  [
    'Pod',
    pod({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: { topologyKey: 'z' } }],
        },
      },
    }),
    'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
  ],
  [
    'Pod',
    pod({ hostNetwork: true, containers: [{ ...container, ports: [{ containerPort: 80, hostPort: 81 }] }] }),
    'spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true',
  ],

  [
    'Deployment',
    { spec: { template: template() } },
    '[spec.selector: Required value, spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`]',
  ],
  [
    'Deployment',
    workload({ selector: {} }),
    'spec.selector: Invalid value: {}: empty selector is invalid for deployment',
  ],
  [
    'Deployment',
    workload({ template: template({ app: 'other' }) }),
    'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
  ],
  ['Deployment', workload({ replicas: -1 }), 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
  [
    'Deployment',
    workload({ template: template({ app: 'web' }, { ...podSpec, restartPolicy: 'Never' }) }),
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ],
  [
    'Deployment',
    workload({ strategy: { type: 'Recreate', rollingUpdate: {} } }),
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '0%' } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
  ],
  [
    'Deployment',
    workload({ strategy: { rollingUpdate: { maxUnavailable: '110%' } } }),
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "110%": must not be greater than 100%',
  ],
  [
    'Deployment',
    workload({ minReadySeconds: 700 }),
    'spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds',
  ],
  [
    'Deployment',
    workload({ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }),
    `[spec.selector.matchExpressions[0].values: Required value: must be specified when \`operator\` is 'In' or 'NotIn', spec.selector: Invalid value: {"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector]`,
  ],
  [
    'StatefulSet',
    workload({ updateStrategy: { type: 'Later' } }),
    `spec.updateStrategy: Invalid value: {"Type":"Later","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
  ],
  [
    'DaemonSet',
    workload({ updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } }),
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
  ],
  [
    'Job',
    { spec: { template: template({}) } },
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ],
  [
    'Job',
    job({ completionMode: 'Indexed', parallelism: 1 }),
    'spec.completions: Required value: when completion mode is Indexed',
  ],
  ['Job', job({ backoffLimit: -1 }), 'spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0'],
  [
    'CronJob',
    { spec: { schedule: '61 * * * *', jobTemplate: job() } },
    'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
  ],
  [
    'CronJob',
    { spec: { schedule: '* * *', jobTemplate: job() } },
    'spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]',
  ],
  [
    'CronJob',
    { spec: { schedule: '@daily', timeZone: 'Moon/Base', jobTemplate: job() } },
    'spec.timeZone: Invalid value: "Moon/Base": unknown time zone Moon/Base',
  ],

  ['Service', { spec: {} }, 'spec.ports: Required value'],
  [
    'Service',
    service({ ports: [{ port: 0 }] }),
    '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
  ],
  ['Service', service({ ports: [{ port: 1, name: 'a' }, { port: 2 }] }), 'spec.ports[1].name: Required value'],
  [
    'Service',
    service({ type: 'Magic' }),
    'spec.type: Unsupported value: "Magic": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
  ],
  [
    'Service',
    service({ ports: [{ port: 1, nodePort: 30_000 }] }),
    "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
  ],
  [
    'Service',
    service({ clusterIP: 'ten' }),
    'spec.clusterIPs[0]: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ],
  ['Service', { spec: { type: 'ExternalName' } }, 'spec.externalName: Required value'],

  [
    'ConfigMap',
    { data: { 'a b': '' } },
    "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
  ],
  [
    'ConfigMap',
    { data: { a: '' }, binaryData: { a: '' } },
    'data[a]: Invalid value: "a": duplicate of key present in binaryData',
  ],
  ['Secret', { stringData: { a: 'x'.repeat(1024 * 1024 + 1) } }, 'data: Too long: may not be more than 1048576 bytes'],
  ['Secret', { type: 'kubernetes.io/tls', data: { 'tls.crt': '' } }, 'data[tls.key]: Required value'],
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
    'Event',
    { involvedObject: { namespace: 'other' } },
    'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
  ],
  ['PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'] } }, 'spec.resources[storage]: Required value'],
  [
    'PersistentVolumeClaim',
    { spec: { resources: { requests: { storage: '1Gi' } } } },
    'spec.accessModes: Required value: at least 1 access mode is required',
  ],
  [
    'PersistentVolume',
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } } },
    'spec: Required value: must specify a volume type',
  ],
  [
    'PodDisruptionBudget',
    { spec: { minAvailable: 1, maxUnavailable: 1 } },
    'spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set',
  ],
  [
    'HorizontalPodAutoscaler',
    {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'w' },
        minReplicas: 5,
        maxReplicas: 2,
      },
    },
    'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
  ],
  ['Ingress', { spec: {} }, 'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  [
    'Ingress',
    {
      spec: {
        rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 'w', port: { number: 80 } } } }] } }],
      },
    },
    'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
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
];
