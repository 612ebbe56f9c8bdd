/** networking.k8s.io: ways in from outside, and who may talk to whom. */
import { isIP } from 'node:net';
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, invalids, oneOf, optionalOneOf, required } from '../validation/field-error.ts';
import { immutable } from '../validation/immutable.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { dns1035Label, dnsSubdomain, wildcardSubdomain } from '../validation/names.ts';
import { portNumberOrName } from '../validation/numbers.ts';
import { ageColumn, firstThree, joined, labelSelectorText, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { ingressAddresses } from './service.ts';
import { separateStatus } from './status-strategy.ts';

const GROUP = 'networking.k8s.io';

export const ingresses: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'ingresses',
  singular: 'ingress',
  kind: 'Ingress',
  shortNames: ['ing'],
  namespaced: true,
  status: true,
  columns: [
    nameColumn,
    text('Class', (o) => o.spec?.ingressClassName ?? '<none>'),
    text('Hosts', (o) => firstThree((o.spec?.rules ?? []).map((r: Json) => r.host).filter(Boolean), '*')),
    text('Address', (o) => joined(ingressAddresses(o.status?.loadBalancer))),
    text('Ports', (o) => ((o.spec?.tls ?? []).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  strategy: { ...separateStatus({ initial: () => ({ loadBalancer: {} }) }), validate: validateIngress },
};

export const ingressClasses: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'ingressclasses',
  singular: 'ingressclass',
  kind: 'IngressClass',
  namespaced: false,
  columns: [
    nameColumn,
    text('Controller', (o) => o.spec?.controller ?? ''),
    text('Parameters', (o) => parametersText(o.spec?.parameters)),
    ageColumn,
  ],
  strategy: {
    default: ({ spec }) => {
      if (spec?.parameters) fill(spec.parameters, 'scope', 'Cluster');
    },
    validate: ({ spec = {} }) => (spec.controller ? [] : [required('spec.controller')]),
    validateUpdate: (o, old) => immutable('spec.controller', o.spec?.controller, old.spec?.controller),
  },
};

export const networkPolicies: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'networkpolicies',
  singular: 'networkpolicy',
  kind: 'NetworkPolicy',
  shortNames: ['netpol'],
  namespaced: true,
  columns: [nameColumn, text('Pod-Selector', (o) => labelSelectorText(o.spec?.podSelector)), ageColumn],
  strategy: { default: defaultPolicy, validate: validatePolicy },
};

function validateIngress({ spec = {} }: Json): FieldError[] {
  const rules: Json[] = spec.rules ?? [];
  if (rules.length === 0 && !spec.defaultBackend) {
    return [invalid('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified')];
  }
  return [
    ...(spec.defaultBackend ? backendErrors(spec.defaultBackend, 'spec.defaultBackend') : []),
    ...rules.flatMap((rule, i) => ruleErrors(rule, `spec.rules[${i}]`)),
    ...(spec.tls ?? []).flatMap((tls: Json, i: number) =>
      (tls.hosts ?? []).flatMap((host: string, j: number) => hostErrors(host, `spec.tls[${i}].hosts[${j}]`)),
    ),
  ];
}

function ruleErrors({ host, http }: Json, at: string): FieldError[] {
  const hosts = host ? hostErrors(host, `${at}.host`) : [];
  if (!http) return hosts;
  if (!http.paths?.length) return [...hosts, required(`${at}.http.paths`)];
  return [...hosts, ...http.paths.flatMap((path: Json, i: number) => pathErrors(path, `${at}.http.paths[${i}]`))];
}

function hostErrors(host: string, field: string): FieldError[] {
  if (isIP(host) !== 0) return [invalid(field, host, 'must be a DNS name, not an IP address')];
  return invalids(field, host, host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host));
}

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];

function pathErrors({ path, pathType, backend = {} }: Json, at: string): FieldError[] {
  const type = oneOf(`${at}.pathType`, pathType, PATH_TYPES, 'pathType must be specified');
  const absolute = pathType === 'ImplementationSpecific' ? !path || path.startsWith('/') : path?.startsWith('/');
  return [
    ...type,
    ...(absolute || type.length > 0 ? [] : [invalid(`${at}.path`, path ?? '', 'must be an absolute path')]),
    ...backendErrors(backend, `${at}.backend`),
  ];
}

function backendErrors({ service, resource }: Json, at: string): FieldError[] {
  if (service && resource) return [invalid(at, '', 'cannot set both resource and service backends')];
  if (resource) return [];
  if (!service) return [invalid(at, '', 'resource or service backend is required')];
  const { name, port = {} } = service;
  return [
    ...(name ? invalids(`${at}.service.name`, name, dns1035Label(name)) : [required(`${at}.service.name`)]),
    ...backendPortErrors(port, at),
  ];
}

function backendPortErrors({ name, number }: Json, at: string): FieldError[] {
  if (name && number) return [invalid(at, '', 'cannot set both port name & port number')];
  if (!name && !number) return [required(at, 'port name or number is required')];
  return name
    ? portNumberOrName(`${at}.service.port.name`, name)
    : portNumberOrName(`${at}.service.port.number`, number);
}

function parametersText(parameters: Json): string {
  if (!parameters) return '<none>';
  const group = parameters.apiGroup ? `.${parameters.apiGroup}` : '';
  return `${parameters.kind}${group}/${parameters.name}`;
}

function defaultPolicy(policy: Json): void {
  const spec = fill(policy, 'spec', {});
  spec.podSelector ??= {};
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
    for (const port of rule.ports ?? []) fill(port, 'protocol', 'TCP');
  }
  if (!spec.policyTypes?.length) {
    spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  }
}

function validatePolicy({ spec }: Json): FieldError[] {
  const rules = [
    ...(spec.ingress ?? []).map((rule: Json, i: number) => [rule, 'from', `spec.ingress[${i}]`]),
    ...(spec.egress ?? []).map((rule: Json, i: number) => [rule, 'to', `spec.egress[${i}]`]),
  ];
  return [
    ...validateLabelSelector(spec.podSelector, 'spec.podSelector'),
    ...rules.flatMap(([rule, peers, at]) => policyRuleErrors(rule, peers, at)),
    ...spec.policyTypes.flatMap((type: string, i: number) =>
      oneOf(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']),
    ),
  ];
}

function policyRuleErrors(rule: Json, peers: string, at: string): FieldError[] {
  return [
    ...(rule.ports ?? []).flatMap((port: Json, i: number) => [
      ...optionalOneOf(`${at}.ports[${i}].protocol`, port.protocol, ['TCP', 'UDP', 'SCTP']),
      ...(port.port === undefined ? [] : portNumberOrName(`${at}.ports[${i}].port`, port.port)),
    ]),
    ...(rule[peers] ?? []).flatMap((peer: Json, i: number) => peerErrors(peer, `${at}.${peers}[${i}]`)),
  ];
}

function peerErrors(peer: Json, at: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  if (!podSelector && !namespaceSelector && !ipBlock) return [required(at, 'must specify a peer')];
  if (ipBlock && (podSelector || namespaceSelector)) {
    return [forbidden(at, 'may not specify both ipBlock and another peer')];
  }
  return [
    ...validateLabelSelector(podSelector, `${at}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`),
    ...(ipBlock && !isCidr(ipBlock.cidr)
      ? [
          invalid(
            `${at}.ipBlock.cidr`,
            ipBlock.cidr ?? '',
            'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
          ),
        ]
      : []),
  ];
}

function isCidr(text: string | undefined): boolean {
  const [address = '', bits = ''] = (text ?? '').split('/');
  const version = isIP(address);
  return version !== 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}
