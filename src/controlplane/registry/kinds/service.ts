import type { Json, ResourceDefinition } from '../definition.ts';
import { validateService, validateServiceUpdate } from '../validation/service.ts';
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

function isExternal(spec: Json): boolean {
  return (
    ['NodePort', 'LoadBalancer'].includes(spec.type) ||
    (spec.type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0)
  );
}

/** An update that leaves out what was allocated keeps it, so that a manifest can be applied again and again. */
function prepareForUpdate(service: Json, old: Json, subresource: string | undefined): void {
  separateStatus().prepareForUpdate(service, old, subresource);
  if (subresource === 'status' || old.spec.type === 'ExternalName') return;
  const { spec } = service;
  if (spec.type === 'ExternalName') {
    for (const field of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) delete spec[field];
    return;
  }
  if (!spec.clusterIP && !spec.clusterIPs?.length) keep(spec, old.spec, ['clusterIP', 'clusterIPs']);
  else if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (spec.type === old.spec.type) keepNodePorts(spec, old.spec);
  if (spec.type === 'LoadBalancer' && !spec.healthCheckNodePort) keep(spec, old.spec, ['healthCheckNodePort']);
}

function keep(spec: Json, old: Json, fields: string[]): void {
  for (const field of fields) if (old[field] !== undefined) spec[field] = structuredClone(old[field]);
}

function keepNodePorts(spec: Json, old: Json): void {
  if (spec.type === 'ClusterIP') return;
  for (const port of spec.ports ?? []) {
    const before = (old.ports ?? []).find((p: Json) => p.port === port.port && p.protocol === port.protocol);
    if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
  }
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
