/** For tests: refusals of containers, worded as kube-apiserver words them. */
import { containing } from './fixture.ts';
import { label, subdomain } from './name-sentences.ts';
import type { Refusal } from './refusal-cases.ts';

export const containerRefusals: readonly Refusal[] = [
  ['Pod', containing({ name: 'A' }), `spec.containers[0].name: Invalid value: "A": ${label}`],
  [
    'Pod',
    containing({ image: ' x' }),
    'spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace',
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
    containing({ imagePullPolicy: 'Often' }),
    'spec.containers[0].imagePullPolicy: Unsupported value: "Often": supported values: "Always", "IfNotPresent", "Never"',
  ],
  [
    'Pod',
    containing({ terminationMessagePolicy: 'x' }),
    'spec.containers[0].terminationMessagePolicy: Unsupported value: "x": supported values: "File", "FallbackToLogsOnError"',
  ],
  [
    'Pod',
    containing({ ports: [{ containerPort: 1, name: 'UPPER' }] }),
    '[spec.containers[0].ports[0].name: Invalid value: "UPPER": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-), spec.containers[0].ports[0].name: Invalid value: "UPPER": must contain at least one letter (a-z)]',
  ],
  [
    'Pod',
    containing({ ports: [{ containerPort: 1, name: 'a-very-long-port-name' }] }),
    'spec.containers[0].ports[0].name: Invalid value: "a-very-long-port-name": must be no more than 15 characters',
  ],
  [
    'Pod',
    containing({ ports: [{ containerPort: 1, hostPort: 70000 }] }),
    'spec.containers[0].ports[0].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
  ],
  [
    'Pod',
    containing({
      ports: [
        { containerPort: 1, hostPort: 5 },
        { containerPort: 2, hostPort: 5 },
      ],
    }),
    'spec.containers[0].ports[1].hostPort: Duplicate value: "TCP//5"',
  ],
  [
    'Pod',
    containing({ livenessProbe: { httpGet: { port: 0 } } }),
    'spec.containers[0].livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ],
  [
    'Pod',
    containing({ livenessProbe: { httpGet: { port: 'web_x' } } }),
    'spec.containers[0].livenessProbe.httpGet.port: Invalid value: "web_x": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  ],
  [
    'Pod',
    containing({ livenessProbe: { httpGet: { port: 1, scheme: 'ftp', httpHeaders: [{ name: 'a b' }] } } }),
    `[spec.containers[0].livenessProbe.httpGet.scheme: Unsupported value: "ftp": supported values: "HTTP", "HTTPS", spec.containers[0].livenessProbe.httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')]`,
  ],
  ['Pod', containing({ livenessProbe: { exec: {} } }), 'spec.containers[0].livenessProbe.exec.command: Required value'],
  [
    'Pod',
    containing({ livenessProbe: { tcpSocket: { port: 0 } } }),
    'spec.containers[0].livenessProbe.tcpSocket.port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ],
  [
    'Pod',
    containing({ livenessProbe: { grpc: { port: 0 } } }),
    'spec.containers[0].livenessProbe.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive',
  ],
  [
    'Pod',
    containing({ livenessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: -1 } }),
    'spec.containers[0].livenessProbe.terminationGracePeriodSeconds: Invalid value: -1: must be greater than 0',
  ],
  [
    'Pod',
    containing({ readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 1 } }),
    'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes',
  ],
  [
    'Pod',
    containing({ lifecycle: { preStop: {} } }),
    'spec.containers[0].lifecycle.preStop: Required value: must specify a handler type',
  ],
  [
    'Pod',
    containing({ resources: { requests: { foo: '1' } } }),
    '[spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource type or fully qualified, spec.containers[0].resources.requests[foo]: Invalid value: "foo": must be a standard resource for containers]',
  ],
  [
    'Pod',
    containing({ resources: { limits: { 'nvidia.com/gpu': '1500m' } } }),
    '[spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: "1500m": must be an integer, spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: "1500m": must be an integer]',
  ],
  [
    'Pod',
    containing({ resources: { requests: { 'nvidia.com/gpu': '1' }, limits: { 'nvidia.com/gpu': '2' } } }),
    'spec.containers[0].resources.requests: Invalid value: "1": must be equal to nvidia.com/gpu limit of 2',
  ],
  [
    'Pod',
    containing({ resources: { requests: { 'hugepages-2Mi': '2Mi' } } }),
    '[spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources, spec.containers[0].resources: Forbidden: HugePages require cpu or memory]',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: {} }] }),
    'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'c' } } }] }),
    'spec.containers[0].env[0].valueFrom.configMapKeyRef.key: Required value',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { secretKeyRef: { key: 'c' } } }] }),
    `spec.containers[0].env[0].valueFrom.secretKeyRef.name: Invalid value: "": ${subdomain}`,
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.schedulerName' } } }] }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: "spec.schedulerName": supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] }),
    'spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Required value',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.gpu' } } }] }),
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Unsupported value: "limits.gpu": supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"',
  ],
  [
    'Pod',
    containing({ env: [{ name: 'A', valueFrom: { resourceFieldRef: {} } }] }),
    'spec.containers[0].env[0].valueFrom.resourceFieldRef.resource: Required value',
  ],
  [
    'Pod',
    containing({
      env: [
        {
          name: 'A',
          valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, configMapKeyRef: { name: 'c', key: 'k' } },
        },
      ],
    }),
    'spec.containers[0].env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time',
  ],
  [
    'Pod',
    containing({ envFrom: [{}] }),
    'spec.containers[0].envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`',
  ],
  [
    'Pod',
    containing({ envFrom: [{ configMapRef: {} }] }),
    'spec.containers[0].envFrom[0].configMapRef.name: Required value',
  ],
  [
    'Pod',
    containing({ volumeMounts: [{}] }),
    '[spec.containers[0].volumeMounts[0].name: Required value, spec.containers[0].volumeMounts[0].name: Not found: "", spec.containers[0].volumeMounts[0].mountPath: Required value]',
  ],
  [
    'Pod',
    containing({ securityContext: { runAsUser: -1, runAsGroup: -1 } }),
    '[spec.containers[0].securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive, spec.containers[0].securityContext.runAsGroup: Invalid value: -1: must be between 0 and 2147483647, inclusive]',
  ],
];
