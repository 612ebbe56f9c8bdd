/** Devices and claims on them, and the cluster's own addresses: kept for programs that will not start without them. */
import { isJsonObject } from '../../../kube/index.ts';
import type { Json, ResourceDefinition } from '../definition.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

const RESOURCE = { group: 'resource.k8s.io', version: 'v1', answersDeleted: true } as const;
const NETWORKING = { group: 'networking.k8s.io', version: 'v1', generation: false } as const;

export const deviceClasses: ResourceDefinition = {
  ...RESOURCE,
  plural: 'deviceclasses',
  singular: 'deviceclass',
  kind: 'DeviceClass',
  namespaced: false,
  columns: [nameColumn, ageColumn],
};

export const resourceClaims: ResourceDefinition = {
  ...RESOURCE,
  plural: 'resourceclaims',
  singular: 'resourceclaim',
  kind: 'ResourceClaim',
  namespaced: true,
  generation: false,
  status: true,
  columns: [nameColumn, text('State', stateOf), ageColumn],
  strategy: { ...separateStatus(), default: ({ spec }) => fillDevices(spec) },
};

export const resourceClaimTemplates: ResourceDefinition = {
  ...RESOURCE,
  plural: 'resourceclaimtemplates',
  singular: 'resourceclaimtemplate',
  kind: 'ResourceClaimTemplate',
  namespaced: true,
  generation: false,
  columns: [nameColumn, ageColumn],
  strategy: {
    default({ spec }) {
      if (!isJsonObject(spec)) return;
      fill(spec, 'metadata', {});
      fillDevices(spec.spec);
    },
  },
};

export const resourceSlices: ResourceDefinition = {
  ...RESOURCE,
  plural: 'resourceslices',
  singular: 'resourceslice',
  kind: 'ResourceSlice',
  namespaced: false,
  selectableFields: {
    'spec.nodeName': (o) => o.spec?.nodeName ?? '',
    'spec.driver': (o) => o.spec?.driver ?? '',
  },
  columns: [
    nameColumn,
    text('Node', ({ spec }) => spec?.nodeName || (spec?.allNodes ? '<all>' : '<unset>')),
    text('Driver', (o) => o.spec?.driver ?? ''),
    text('Pool', (o) => o.spec?.pool?.name ?? ''),
    ageColumn,
  ],
};

export const ipAddresses: ResourceDefinition = {
  ...NETWORKING,
  plural: 'ipaddresses',
  singular: 'ipaddress',
  kind: 'IPAddress',
  shortNames: ['ip'],
  namespaced: false,
  selectableFields: {},
  columns: [nameColumn, text('ParentRef', ({ spec }) => parentOf(spec?.parentRef ?? {}))],
};

export const serviceCidrs: ResourceDefinition = {
  ...NETWORKING,
  plural: 'servicecidrs',
  singular: 'servicecidr',
  kind: 'ServiceCIDR',
  namespaced: false,
  status: true,
  columns: [nameColumn, text('CIDRs', (o) => (o.spec?.cidrs ?? []).join(',')), ageColumn],
  strategy: separateStatus(),
};

/** Go leaves none of these out, so they are never missing. */
function fillDevices(spec: Json): void {
  if (!isJsonObject(spec)) return;
  const devices = fill(spec, 'devices', {});
  if (isJsonObject(devices)) devices.requests ??= null;
}

function stateOf({ metadata, status }: Json): string {
  const states = [
    ...(metadata.deletionTimestamp ? ['deleted'] : []),
    ...(status?.allocation ? ['allocated'] : []),
    ...(status?.reservedFor?.length ? ['reserved'] : []),
  ];
  if (!status?.allocation) states.push('pending');
  return states.join(',');
}

function parentOf({ group, resource, namespace, name }: Json): string {
  return `${resource ?? ''}${group ? `.${group}` : ''}/${namespace ? `${namespace}/` : ''}${name ?? ''}`;
}
