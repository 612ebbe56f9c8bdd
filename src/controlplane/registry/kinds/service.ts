import type { Json, ResourceDefinition } from '../definition.ts';
import { same } from '../validation/immutable.ts';
import { isExternal, validateService, validateServiceUpdate } from '../validation/service.ts';
import { ageColumn, joined, labelsText, nameColumn, text, wide } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

export const services: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'services',
  singular: 'service',
  kind: 'Service',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  status: true,
  generation: false,
  selectableFields: {
    'spec.clusterIP': (o) => o.spec?.clusterIP ?? '',
    'spec.type': (o) => o.spec?.type ?? '',
  },
  answersDeleted: true,
  createOnUpdate: true,
  columns: [
    nameColumn,
    text('Type', (o) => o.spec.type ?? ''),
    text('Cluster-IP', (o) => o.spec.clusterIP || '<none>'),
    text('External-IP', externalAddresses),
    text('Port(s)', (o) => joined((o.spec.ports ?? []).map(portText)) || '<none>'),
    ageColumn,
    wide('Selector', (o) => labelsText(o.spec.selector)),
  ],
  strategy: {
    default: setDefaults,
    prepareForCreate: separateStatus({ initial: () => ({ loadBalancer: {} }) }).prepareForCreate,
    prepareForUpdate,
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    warnings: ({ spec }) =>
      spec.externalName && spec.type !== 'ExternalName'
        ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
        : [],
  },
};

const THREE_HOURS = 10_800;

function setDefaults(service: Json): void {
  const spec = fill(service, 'spec', {});
  fill(spec, 'type', 'ClusterIP');
  fill(spec, 'sessionAffinity', 'None');
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    spec.sessionAffinityConfig ??= {};
    spec.sessionAffinityConfig.clientIP ??= {};
    spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= THREE_HOURS;
  }
  for (const port of spec.ports ?? []) {
    fill(port, 'protocol', 'TCP');
    if (!port.targetPort) port.targetPort = port.port;
  }
  if (isExternal(spec)) fill(spec, 'externalTrafficPolicy', 'Cluster');
  if (spec.type === 'ExternalName') return;
  fill(spec, 'internalTrafficPolicy', 'Cluster');
  if (spec.type === 'LoadBalancer') fill(spec, 'allocateLoadBalancerNodePorts', true);
  fill(spec, 'ipFamilies', ['IPv4']);
  fill(spec, 'ipFamilyPolicy', 'SingleStack');
}

/** What only the old type needed goes with it, unless it was changed on purpose. */
function prepareForUpdate(service: Json, old: Json, subresource: string | undefined): void {
  separateStatus().prepareForUpdate(service, old, subresource);
  if (subresource === 'status' || service.spec.type === old.spec.type) return;
  const { spec } = service;
  if (spec.type === 'ExternalName') drop(spec, old.spec, CLUSTER_FIELDS);
  if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
    dropNodePorts(spec, old.spec);
    if (!isExternal(spec)) drop(spec, old.spec, ['externalTrafficPolicy']);
  }
  if (spec.type !== 'LoadBalancer') {
    drop(spec, old.spec, ['allocateLoadBalancerNodePorts', 'healthCheckNodePort', 'loadBalancerClass']);
    service.status = { loadBalancer: {} };
  }
}

const CLUSTER_FIELDS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'];

function drop(spec: Json, old: Json, fields: string[]): void {
  for (const field of fields) if (same(spec[field], old[field])) delete spec[field];
}

function dropNodePorts(spec: Json, old: Json): void {
  const held = new Set((old.ports ?? []).map((port: Json) => port.nodePort));
  for (const port of spec.ports ?? []) if (held.has(port.nodePort)) delete port.nodePort;
}

function portText({ port, nodePort, protocol }: Json): string {
  return nodePort > 0 ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

function externalAddresses({ spec, status }: Json): string {
  const own: string[] = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return joined(own) || '<none>';
    case 'LoadBalancer':
      return joined([...ingressAddresses(status?.loadBalancer), ...own]) || '<pending>';
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

/** Where a load balancer can be reached, sorted and without repetitions. */
export function ingressAddresses(loadBalancer: Json): string[] {
  const all: string[] = (loadBalancer?.ingress ?? []).map((i: Json) => i.ip || i.hostname).filter(Boolean);
  return [...new Set(all)].sort();
}
