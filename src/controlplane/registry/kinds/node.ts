import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { duplicate, forbidden, invalid, invalids, oneOf } from '../validation/field-error.ts';
import { labelValue, qualifiedName } from '../validation/names.ts';
import { validateQuantity } from '../validation/quantity.ts';
import { ageColumn, joined, nameColumn, text, wide } from './columns.ts';
import { fill } from './fill.ts';

export const nodes: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  singular: 'node',
  kind: 'Node',
  shortNames: ['no'],
  namespaced: false,
  status: true,
  generation: false,
  selectableFields: { 'spec.unschedulable': (o) => String(o.spec?.unschedulable ?? false) },
  columns: [
    nameColumn,
    text('Status', statusText, { description: 'Ready or not, and whether new Pods may come.' }),
    text('Roles', rolesText, { description: 'From the labels node-role.kubernetes.io/….' }),
    ageColumn,
    text('Version', (o) => o.status?.nodeInfo?.kubeletVersion ?? ''),
    wide('Internal-IP', (o) => addressOf(o, 'InternalIP')),
    wide('External-IP', (o) => addressOf(o, 'ExternalIP')),
    wide('OS-Image', (o) => o.status?.nodeInfo?.osImage || '<unknown>'),
    wide('Kernel-Version', (o) => o.status?.nodeInfo?.kernelVersion || '<unknown>'),
    wide('Container-Runtime', (o) => o.status?.nodeInfo?.containerRuntimeVersion || '<unknown>'),
  ],
  strategy: { default: setDefaults, prepareForUpdate, validate, validateUpdate, warnings },
};

/** Fields that are always served, even while nothing is known. */
const NODE_INFO = [
  'machineID',
  'systemUUID',
  'bootID',
  'kernelVersion',
  'osImage',
  'containerRuntimeVersion',
  'kubeletVersion',
  'kubeProxyVersion',
  'operatingSystem',
  'architecture',
];

function setDefaults(node: Json): void {
  node.spec ??= {};
  if (node.spec.podCIDR && !node.spec.podCIDRs) node.spec.podCIDRs = [node.spec.podCIDR];
  const status = fill(node, 'status', {});
  fill(fill(fill(status, 'daemonEndpoints', {}), 'kubeletEndpoint', {}), 'Port', 0);
  const info = fill(status, 'nodeInfo', {});
  for (const field of NODE_INFO) info[field] ??= '';
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
}

/** A new Node may bring its status along: that is how kubelets register. */
function prepareForUpdate(node: Json, old: Json, subresource: string | undefined): void {
  if (subresource === 'status') node.spec = old.spec ?? {};
  else node.status = old.status ?? {};
}

function warnings(node: Json): string[] {
  return node.spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : [];
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validate(node: Json): FieldError[] {
  const taints: Json[] = node.spec?.taints ?? [];
  const seen = new Set<string>();
  return [
    ...taints.flatMap((taint, i) => [
      ...taintErrors(taint, `metadata.taints[${i}]`),
      ...repeated(seen, taint, `metadata.taints[${i}]`),
    ]),
    ...amountErrors(node.status?.capacity, 'status.capacity'),
    ...amountErrors(node.status?.allocatable, 'status.allocatable'),
  ];
}

function taintErrors(taint: Json, at: string): FieldError[] {
  return [
    ...invalids(`${at}.key`, taint.key ?? '', qualifiedName(taint.key ?? '')),
    ...invalids(`${at}.value`, taint.value ?? '', labelValue(taint.value ?? '')),
    ...oneOf(`${at}.effect`, taint.effect, EFFECTS),
  ];
}

function repeated(seen: Set<string>, taint: Json, at: string): FieldError[] {
  const key = `${taint.key}:${taint.effect}`;
  if (!seen.has(key)) {
    seen.add(key);
    return [];
  }
  const shown = { Key: taint.key, Value: taint.value ?? '', Effect: taint.effect, TimeAdded: taint.timeAdded ?? null };
  const error = duplicate(at, shown);
  return [{ ...error, message: `${error.message}: taints must be unique by key and effect pair` }];
}

function amountErrors(amounts: Record<string, string> = {}, at: string): FieldError[] {
  return Object.entries(amounts).flatMap(([name, amount]) => validateQuantity(amount, `${at}.${name}`));
}

function validateUpdate(node: Json, old: Json, subresource: string | undefined): FieldError[] {
  if (subresource === 'status') return [];
  const { podCIDR, providerID } = node.spec;
  const errors: FieldError[] = [];
  if (old.spec?.podCIDR && podCIDR !== old.spec.podCIDR) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (old.spec?.providerID && providerID !== old.spec.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  if (node.status?.config !== undefined) errors.push(invalid('status.config', node.status.config, 'must not be set'));
  return errors;
}

function statusText(node: Json): string {
  const ready = (node.status?.conditions ?? []).find((c: Json) => c.type === 'Ready');
  const state = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return node.spec?.unschedulable ? `${state},SchedulingDisabled` : state;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function rolesText(node: Json): string {
  const labels: Record<string, string> = node.metadata.labels ?? {};
  const roles = Object.entries(labels).flatMap(([key, value]) => {
    if (key.startsWith(ROLE_PREFIX)) return key.length > ROLE_PREFIX.length ? [key.slice(ROLE_PREFIX.length)] : [];
    return key === 'kubernetes.io/role' && value ? [value] : [];
  });
  return joined([...new Set(roles)].sort()) || '<none>';
}

function addressOf(node: Json, type: string): string {
  return (node.status?.addresses ?? []).find((a: Json) => a.type === type)?.address || '<none>';
}
