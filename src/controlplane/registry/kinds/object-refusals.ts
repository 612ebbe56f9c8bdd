/** For tests: refusals of what workloads use, worded as kube-apiserver words them. */
import { service } from './fixture.ts';
import { dns1035, label, labelValue, namePart, subdomain } from './name-sentences.ts';
import type { Refusal } from './refusal-cases.ts';

export const objectRefusals: readonly Refusal[] = [
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
    'Service',
    service({ ports: [{ port: 80, targetPort: 'UPPER_x' }] }),
    'spec.ports[0].targetPort: Invalid value: "UPPER_x": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
  ],
  [
    'Service',
    service({ ports: [{ port: 80, protocol: 'x' }] }),
    'spec.ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP"',
  ],
  [
    'Service',
    service({
      ports: [
        { port: 80, name: 'a' },
        { port: 81, name: 'a' },
      ],
    }),
    'spec.ports[1].name: Duplicate value: "a"',
  ],
  [
    'Service',
    service({
      ports: [
        { port: 80, name: 'a' },
        { port: 80, name: 'b' },
      ],
    }),
    'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
  ],
  ['Service', service({ ports: [{ port: 80, name: 'A' }] }), `spec.ports[0].name: Invalid value: "A": ${label}`],
  ['Service', service({ selector: { 'a b': 'c' } }), `spec.selector: Invalid value: "a b": ${namePart}`],
  [
    'Service',
    service({ sessionAffinity: 'x' }),
    'spec.sessionAffinity: Unsupported value: "x": supported values: "ClientIP", "None"',
  ],
  [
    'Service',
    service({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } } }),
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400',
  ],
  [
    'Service',
    service({ externalIPs: ['x'] }),
    'spec.externalIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ],
  [
    'Service',
    service({ type: 'LoadBalancer', clusterIP: 'None' }),
    `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for LoadBalancer services`,
  ],
  [
    'Service',
    service({ type: 'NodePort', clusterIP: 'None' }),
    `spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`,
  ],
  [
    'Service',
    service({ internalTrafficPolicy: 'x' }),
    'spec.internalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local"',
  ],
  [
    'Service',
    service({ type: 'NodePort', externalTrafficPolicy: 'x' }),
    'spec.externalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local"',
  ],
  [
    'Service',
    { spec: { type: 'ExternalName', externalName: 'A B' } },
    `spec.externalName: Invalid value: "A B": ${subdomain}`,
  ],
  ['Service', { metadata: { name: '1a' }, ...service() }, `metadata.name: Invalid value: "1a": ${dns1035}`],
  ['Service', { metadata: { name: 'a.b' }, ...service() }, `metadata.name: Invalid value: "a.b": ${dns1035}`],
  [
    'Service',
    service({ externalTrafficPolicy: 'Local' }),
    'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
  ],
  ['ConfigMap', { data: { '..a': '' } }, `data[..a]: Invalid value: "..a": must not start with '..'`],
  ['ConfigMap', { data: { '.': '' } }, `data[.]: Invalid value: ".": must not be '.'`],
  ['Secret', { type: 'kubernetes.io/dockerconfigjson' }, 'data[.dockerconfigjson]: Required value'],
  ['Secret', { type: 'kubernetes.io/basic-auth' }, '[data[username]: Required value, data[password]: Required value]'],
  ['Secret', { type: 'kubernetes.io/ssh-auth' }, 'data[ssh-privatekey]: Required value'],
  [
    'Secret',
    { type: 'kubernetes.io/service-account-token' },
    'metadata.annotations[kubernetes.io/service-account.name]: Required value',
  ],
  [
    'PersistentVolumeClaim',
    { spec: {} },
    '[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
  ],
  [
    'PersistentVolumeClaim',
    { spec: { accessModes: ['x'], resources: { requests: { storage: '0' } } } },
    '[spec.accessModes: Unsupported value: "x": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod", spec.resources[storage]: Invalid value: "0": must be greater than zero]',
  ],
  [
    'PersistentVolumeClaim',
    { spec: { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'], resources: { requests: { storage: '1' } } } },
    'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
  ],
  [
    'Ingress',
    { spec: { rules: [{ host: '1.2.3.4' }, { host: 'A' }, { host: '*.A' }, { http: { paths: [] } }] } },
    `[spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address, spec.rules[1].host: Invalid value: "A": ${subdomain}, spec.rules[2].host: Invalid value: "*.A": a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'), spec.rules[3].http.paths: Required value]`,
  ],
  [
    'Ingress',
    { spec: { rules: [{ http: { paths: [{ path: 'x', pathType: 'Prefix', backend: {} }] } }] } },
    '[spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path, spec.rules[0].http.paths[0].backend: Invalid value: "": resource or service backend is required]',
  ],
  [
    'Ingress',
    {
      spec: {
        rules: [{ http: { paths: [{ path: '/', pathType: 'x', backend: { service: { name: 'A', port: {} } } }] } }],
      },
    },
    `[spec.rules[0].http.paths[0].pathType: Unsupported value: "x": supported values: "Exact", "ImplementationSpecific", "Prefix", spec.rules[0].http.paths[0].backend.service.name: Invalid value: "A": ${dns1035}, spec.rules[0].http.paths[0].backend: Required value: port name or number is required]`,
  ],
  [
    'Ingress',
    { spec: { defaultBackend: { service: { name: 'a', port: { name: 'b', number: 1 } } } } },
    'spec.defaultBackend: Invalid value: "": cannot set both port name & port number',
  ],
  [
    'Ingress',
    { spec: { defaultBackend: { service: { port: { number: 1 } } } } },
    'spec.defaultBackend.service.name: Required value',
  ],
  [
    'Ingress',
    { spec: { defaultBackend: {}, tls: [{ hosts: ['A'] }] } },
    `[spec.defaultBackend: Invalid value: "": resource or service backend is required, spec.tls[0].hosts[0]: Invalid value: "A": ${subdomain}]`,
  ],
  ['IngressClass', { spec: {} }, 'spec.controller: Required value'],
  [
    'NetworkPolicy',
    { spec: { ingress: [{ from: [{}] }] } },
    'spec.ingress[0].from[0]: Required value: must specify a peer',
  ],
  [
    'NetworkPolicy',
    {
      spec: {
        ingress: [{ from: [{ ipBlock: { cidr: 'x' } }], ports: [{ port: 0, protocol: 'x' }] }],
        policyTypes: ['x'],
      },
    },
    '[spec.ingress[0].ports[0].protocol: Unsupported value: "x": supported values: "TCP", "UDP", "SCTP", spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "x": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64), spec.policyTypes[0]: Unsupported value: "x": supported values: "Ingress", "Egress"]',
  ],
  [
    'NetworkPolicy',
    { spec: { egress: [{ to: [{ ipBlock: { cidr: '1.0.0.0/8' }, podSelector: {} }] }] } },
    'spec.egress[0].to[0]: Forbidden: may not specify both ipBlock and another peer',
  ],
  ['EndpointSlice', {}, 'addressType: Required value'],
  [
    'EndpointSlice',
    { addressType: 'x' },
    'addressType: Unsupported value: "x": supported values: "FQDN", "IPv4", "IPv6"',
  ],
  [
    'EndpointSlice',
    { addressType: 'IPv4', endpoints: [{ addresses: [] }, { addresses: ['x'] }, { addresses: ['fd00::1'] }] },
    '[endpoints[0].addresses: Required value: must contain at least 1 address, endpoints[1].addresses[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff), endpoints[2].addresses: Invalid value: "fd00::1": must be an IPv4 address]',
  ],
  [
    'EndpointSlice',
    { addressType: 'FQDN', endpoints: [{ addresses: ['A'], hostname: 'B' }], ports: [{ protocol: 'x' }] },
    `[ports[0].protocol: Unsupported value: "x": supported values: "SCTP", "TCP", "UDP", endpoints[0].addresses[0]: Invalid value: "A": ${subdomain}, endpoints[0].hostname: Invalid value: "B": ${label}]`,
  ],
  ['Endpoints', { subsets: [{}] }, 'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`'],
  ['ConfigMap', { metadata: { name: '' } }, 'metadata.name: Required value: name or generateName is required'],
  ['ConfigMap', { metadata: { name: 'A b' } }, `metadata.name: Invalid value: "A b": ${subdomain}`],
  [
    'ConfigMap',
    { metadata: { labels: { 'a b': 'c d' }, annotations: { 'a b': '' } } },
    `[metadata.labels: Invalid value: "a b": ${namePart}, metadata.labels: Invalid value: "c d": ${labelValue}, metadata.annotations: Invalid value: "a b": ${namePart}]`,
  ],
  [
    'ConfigMap',
    { metadata: { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] } },
    '[metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty, metadata.ownerReferences.kind: Invalid value: "": must not be empty, metadata.ownerReferences.name: Invalid value: "": must not be empty, metadata.ownerReferences.uid: Invalid value: "": must not be empty]',
  ],
  [
    'ConfigMap',
    {
      metadata: {
        ownerReferences: [1, 2].map((i) => ({
          apiVersion: 'v1',
          kind: 'K',
          name: `n${i}`,
          uid: 'u',
          controller: true,
        })),
      },
    },
    'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"K","name":"n1","uid":"u","controller":true},{"apiVersion":"v1","kind":"K","name":"n2","uid":"u","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for K/n1 and K/n2',
  ],
  [
    'ConfigMap',
    { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'n', uid: 'u' }] } },
    'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"n","uid":"u"}: /v1, Kind=Event is disallowed from being an owner',
  ],
  [
    'ConfigMap',
    { metadata: { finalizers: ['x', 'a b/c'] } },
    `[metadata.finalizers: Invalid value: "a b/c": prefix part ${subdomain}, metadata.finalizers[0]: Invalid value: "x": name is neither a standard finalizer name nor is it fully qualified]`,
  ],
  [
    'ConfigMap',
    { metadata: { finalizers: ['orphan', 'foregroundDeletion'] } },
    'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
  ],
];
