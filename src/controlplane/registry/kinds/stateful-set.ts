import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, invalids, oneOf, required } from '../validation/field-error.ts';
import { same } from '../validation/immutable.ts';
import { dnsLabel } from '../validation/names.ts';
import { intOrPercent, isZeroAmount, nonNegative } from '../validation/numbers.ts';
import {
  templateWarnings,
  validateLongRunning,
  validatePodTemplate,
  validateSelection,
} from '../validation/workload.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { fill } from './fill.ts';
import { defaultClaimSpec } from './persistent-volume.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { readyOfWanted, replicaPaths } from './replicas.ts';
import { separateStatus } from './status-strategy.ts';

export const statefulSets: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'statefulsets',
  singular: 'statefulset',
  kind: 'StatefulSet',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  status: true,
  scale: replicaPaths,
  columns: [nameColumn, readyOfWanted, ageColumn, ...containerColumns((o) => o.spec.template)],
  strategy: {
    default: setDefaults,
    ...separateStatus({ initial: () => ({ replicas: 0, availableReplicas: 0 }) }),
    validate,
    warnings: templateWarnings,
    validateUpdate,
  },
};

function setDefaults(set: Json): void {
  const spec = fill(set, 'spec', {});
  fill(spec, 'podManagementPolicy', 'OrderedReady');
  fill(spec, 'updateStrategy', {});
  fill(spec.updateStrategy, 'type', 'RollingUpdate');
  if (spec.updateStrategy.type === 'RollingUpdate') {
    fill(spec.updateStrategy, 'rollingUpdate', {});
    fill(spec.updateStrategy.rollingUpdate, 'partition', 0);
  }
  fill(spec, 'persistentVolumeClaimRetentionPolicy', {});
  fill(spec.persistentVolumeClaimRetentionPolicy, 'whenDeleted', 'Retain');
  fill(spec.persistentVolumeClaimRetentionPolicy, 'whenScaled', 'Retain');
  fill(spec, 'serviceName', '');
  fill(spec, 'replicas', 1);
  fill(spec, 'revisionHistoryLimit', 10);
  for (const claim of spec.volumeClaimTemplates ?? []) defaultClaim(claim);
  defaultPodTemplate(spec.template);
}

function defaultClaim(claim: Json): void {
  claim.apiVersion = 'v1';
  claim.kind = 'PersistentVolumeClaim';
  defaultClaimSpec(fill(claim, 'spec', {}));
  claim.status = { phase: 'Pending' };
}

function validate(set: Json): FieldError[] {
  const { spec } = set;
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  const at = 'spec.persistentVolumeClaimRetentionPolicy';
  return [
    ...(['OrderedReady', 'Parallel'].includes(spec.podManagementPolicy)
      ? []
      : [invalid('spec.podManagementPolicy', spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'")]),
    ...updateStrategyErrors(spec.updateStrategy),
    ...oneOf(`${at}.whenDeleted`, retention.whenDeleted, ['Retain', 'Delete']),
    ...oneOf(`${at}.whenScaled`, retention.whenScaled, ['Retain', 'Delete']),
    ...(spec.serviceName ? invalids('spec.serviceName', spec.serviceName, dnsLabel(spec.serviceName)) : []),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...validateSelection(spec, { kind: 'statefulset', unreadable: '', needed: true }),
    ...validatePodTemplate(withClaimVolumes(spec), 'spec.template'),
    ...validateLongRunning(spec, 'StatefulSet'),
  ];
}

/** Containers may mount what the claim templates will bring, although the template itself does not list it. */
function withClaimVolumes({ template, volumeClaimTemplates = [] }: Json): Json {
  if (!template?.spec || volumeClaimTemplates.length === 0) return template;
  const own = (template.spec.volumes ?? []).map((v: Json) => v.name);
  const claims = volumeClaimTemplates
    .map((claim: Json) => claim.metadata?.name)
    .filter((name: string) => name && !own.includes(name))
    .map((name: string) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claims] } };
}

function updateStrategyErrors(strategy: Json): FieldError[] {
  const at = 'spec.updateStrategy';
  const { type, rollingUpdate } = strategy;
  if (!type) return [required(at)];
  if (type === 'OnDelete') {
    const detail = "only allowed for updateStrategy 'RollingUpdate'";
    {
      if (!rollingUpdate) return [];
      const { partition = 0, maxUnavailable = null } = rollingUpdate;
      return [invalid(`${at}.rollingUpdate`, { Partition: partition, MaxUnavailable: maxUnavailable }, detail)];
    }
  }
  if (type !== 'RollingUpdate') {
    const shown = { Type: type, RollingUpdate: rollingUpdate ?? null };
    return [invalid(at, shown, "must be 'RollingUpdate' or 'OnDelete'")];
  }
  const field = `${at}.rollingUpdate.maxUnavailable`;
  return [
    ...nonNegative(`${at}.rollingUpdate.partition`, rollingUpdate?.partition),
    ...intOrPercent(field, rollingUpdate?.maxUnavailable),
    ...(isZeroAmount(rollingUpdate?.maxUnavailable)
      ? [invalid(field, rollingUpdate.maxUnavailable, 'cannot be 0')]
      : []),
  ];
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

function validateUpdate(set: Json, old: Json): FieldError[] {
  const fixed = (spec: Json) =>
    Object.fromEntries(Object.entries(spec).filter(([field]) => !CHANGEABLE.includes(field)));
  if (same(fixed(set.spec), fixed(old.spec))) return [];
  const names = CHANGEABLE.map((field) => `'${field}'`);
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return [forbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)];
}
