/** For tests: refusals of Pods, worded as kube-apiserver words them. */
import { pod, podSpec } from './fixture.ts';
import { label, labelValue, namePart, subdomain } from './name-sentences.ts';
import type { Refusal } from './refusal-cases.ts';

const [container] = podSpec.containers;

export const podRefusals: readonly Refusal[] = [
  ['Pod', { spec: {} }, 'spec.containers: Required value'],
  ['Pod', pod({ containers: [{ name: 'c' }] }), 'spec.containers[0].image: Required value'],
  ['Pod', pod({ containers: [{ image: 'x' }] }), 'spec.containers[0].name: Required value'],
  ['Pod', pod({ containers: [container, container] }), 'spec.containers[1].name: Duplicate value: "c"'],
  ['Pod', pod({ initContainers: [container] }), 'spec.initContainers[0].name: Duplicate value: "c"'],
  [
    'Pod',
    pod({ initContainers: [{ name: 'i', image: 'x', readinessProbe: { exec: { command: ['a'] } } }] }),
    'spec.initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
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
  [
    'Pod',
    pod({ restartPolicy: 'Maybe' }),
    'spec.restartPolicy: Unsupported value: "Maybe": supported values: "Always", "OnFailure", "Never"',
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
    'Pod',
    { spec: { containers: [{}] } },
    '[spec.containers[0].name: Required value, spec.containers[0].image: Required value]',
  ],
  ['Pod', {}, 'spec.containers: Required value'],
  [
    'Pod',
    pod({
      volumes: [{ name: 'v' }],
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: '/abs' }] }],
    }),
    'spec.containers[0].volumeMounts.subPath: Invalid value: "/abs": must be a relative path',
  ],
  [
    'Pod',
    pod({
      volumes: [{ name: 'v' }],
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a/../b' }] }],
    }),
    `spec.containers[0].volumeMounts.subPath: Invalid value: "a/../b": must not contain '..'`,
  ],
  [
    'Pod',
    pod({
      volumes: [{ name: 'v' }],
      containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a', subPathExpr: 'b' }] }],
    }),
    'spec.containers[0].volumeMounts[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive',
  ],
  ['Pod', pod({ volumes: [{}] }), 'spec.volumes[0].name: Required value'],
  ['Pod', pod({ volumes: [{ name: 'v', hostPath: {} }] }), 'spec.volumes[0].hostPath.path: Required value'],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', hostPath: { path: '/a/../b', type: 'x' } }] }),
    `[spec.volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain '..', spec.volumes[0].hostPath.type: Unsupported value: "x": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"]`,
  ],
  ['Pod', pod({ volumes: [{ name: 'v', configMap: {} }] }), 'spec.volumes[0].configMap.name: Required value'],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', configMap: { name: 'c', defaultMode: 5000, items: [{}] } }] }),
    '[spec.volumes[0].configMap.defaultMode: Invalid value: 5000: must be a number between 0 and 0777 (octal), both inclusive, spec.volumes[0].configMap.items[0].key: Required value, spec.volumes[0].configMap.items[0].path: Required value]',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', persistentVolumeClaim: {} }] }),
    'spec.volumes[0].persistentVolumeClaim.claimName: Required value',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', nfs: {} }] }),
    '[spec.volumes[0].nfs.server: Required value, spec.volumes[0].nfs.path: Required value, spec.volumes[0].nfs.path: Invalid value: "": must be an absolute path]',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', nfs: { server: 's', path: 'p' } }] }),
    'spec.volumes[0].nfs.path: Invalid value: "p": must be an absolute path',
  ],
  ['Pod', pod({ volumes: [{ name: 'v', csi: {} }] }), 'spec.volumes[0].csi.driver: Required value'],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', projected: { sources: [{ secret: {} }] } }] }),
    'spec.volumes[0].projected.sources[0].secret.name: Required value',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: {} }] } }] }),
    'spec.volumes[0].projected.path: Required value',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', downwardAPI: { items: [{ path: 'a' }] } }] }),
    'spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', emptyDir: { sizeLimit: '-1' } }] }),
    'spec.volumes[0].emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity',
  ],
  [
    'Pod',
    pod({ volumes: [{ name: 'v', ephemeral: {} }] }),
    'spec.volumes[0].ephemeral.volumeClaimTemplate: Required value',
  ],
  [
    'Pod',
    pod({ dnsPolicy: 'x' }),
    'spec.dnsPolicy: Unsupported value: "x": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
  ],
  [
    'Pod',
    pod({ dnsPolicy: 'None' }),
    'spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None',
  ],
  [
    'Pod',
    pod({ dnsPolicy: 'None', dnsConfig: {} }),
    'spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None',
  ],
  [
    'Pod',
    pod({ nodeSelector: { 'a b': 'c d' } }),
    `[spec.nodeSelector: Invalid value: "a b": ${namePart}, spec.nodeSelector: Invalid value: "c d": ${labelValue}]`,
  ],
  ['Pod', pod({ nodeName: 'A' }), `spec.nodeName: Invalid value: "A": ${subdomain}`],
  ['Pod', pod({ subdomain: 'A' }), `spec.subdomain: Invalid value: "A": ${label}`],
  [
    'Pod',
    pod({ hostAliases: [{ ip: 'x', hostnames: ['A'] }] }),
    `[spec.hostAliases[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), spec.hostAliases[0].hostnames[0]: Invalid value: "A": ${subdomain}]`,
  ],
  ['Pod', pod({ schedulingGates: [{ name: 'a b' }] }), `spec.schedulingGates[0]: Invalid value: "a b": ${namePart}`],
  ['Pod', pod({ schedulingGates: [{ name: 'a' }, { name: 'a' }] }), 'spec.schedulingGates[1]: Duplicate value: "a"'],
  [
    'Pod',
    pod({ readinessGates: [{ conditionType: 'a b' }] }),
    `spec.readinessGates[0].conditionType: Invalid value: "a b": ${namePart}`,
  ],
  [
    'Pod',
    pod({ tolerations: [{ key: 'a', operator: 'x' }] }),
    'spec.tolerations[0].operator: Unsupported value: "x": supported values: "Equal", "Exists"',
  ],
  [
    'Pod',
    pod({ tolerations: [{ key: 'a', operator: 'Exists', value: 'x' }] }),
    `spec.tolerations[0].operator: Invalid value: "x": value must be empty when \`operator\` is 'Exists'`,
  ],
  [
    'Pod',
    pod({ tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 5 }] }),
    `spec.tolerations[0].effect: Invalid value: "": effect must be 'NoExecute' when \`tolerationSeconds\` is set`,
  ],
  [
    'Pod',
    pod({ tolerations: [{ key: 'a b', operator: 'Exists' }] }),
    `spec.tolerations[0].key: Invalid value: "a b": ${namePart}`,
  ],
  [
    'Pod',
    pod({ topologySpreadConstraints: [{ maxSkew: 1 }] }),
    '[spec.topologySpreadConstraints[0].topologyKey: Required value: can not be empty, spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "": supported values: "DoNotSchedule", "ScheduleAnyway"]',
  ],
  [
    'Pod',
    pod({ topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'x' }] }),
    'spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: "x": supported values: "DoNotSchedule", "ScheduleAnyway"',
  ],
  [
    'Pod',
    pod({
      topologySpreadConstraints: [1, 1].map(() => ({
        maxSkew: 1,
        topologyKey: 'z',
        whenUnsatisfiable: 'DoNotSchedule',
      })),
    }),
    'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{z, DoNotSchedule}"',
  ],
  [
    'Pod',
    pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } } } }),
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
  ],
  [
    'Pod',
    pod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Gt', values: [] }] }],
          },
        },
      },
    }),
    `spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified single value when \`operator\` is 'Lt' or 'Gt'`,
  ],
  [
    'Pod',
    pod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'x' }] }],
          },
        },
      },
    }),
    'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: "x": not a valid selector operator',
  ],
  [
    'Pod',
    pod({
      affinity: {
        nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 101, preference: {} }] },
      },
    }),
    'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100',
  ],
  [
    'Pod',
    pod({ initContainers: [{ name: 'i', image: 'x', restartPolicy: 'x' }] }),
    'spec.initContainers[0].restartPolicy: Unsupported value: "x": supported values: "Always", "Never", "OnFailure"',
  ],
  [
    'Pod',
    pod({ initContainers: [{ name: 'i', image: 'x', lifecycle: { preStop: { exec: { command: ['a'] } } } }] }),
    'spec.initContainers[0].lifecycle: Forbidden: may not be set for init containers without restartPolicy=Always',
  ],
  [
    'Pod',
    pod({ securityContext: { runAsUser: -1 } }),
    'spec.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ],
  ['Pod', pod({ os: { name: 'x' } }), 'spec.os: Unsupported value: "x": supported values: "linux", "windows"'],
  [
    'Pod',
    { metadata: { finalizers: ['x', 'a b/c'] }, ...pod() },
    `[metadata.finalizers: Invalid value: "a b/c": prefix part ${subdomain}, metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified]`,
  ],
];
