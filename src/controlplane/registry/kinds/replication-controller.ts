import { selectorOf } from '../../../kube/index.ts';
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, required } from '../validation/field-error.ts';
import { isEmptySelector } from '../validation/labels.ts';
import { nonNegative } from '../validation/numbers.ts';
import { templateWarnings, validateLongRunning, validatePodTemplate } from '../validation/workload.ts';
import { ageColumn, containerColumns, labelsText, nameColumn, wide } from './columns.ts';
import { fill } from './fill.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { replicaCounts, replicaPaths } from './replicas.ts';
import { separateStatus } from './status-strategy.ts';

export const replicationControllers: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'replicationcontrollers',
  singular: 'replicationcontroller',
  kind: 'ReplicationController',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  orphansByDefault: true,
  status: true,
  scale: replicaPaths,
  selectableFields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  columns: [
    nameColumn,
    ...replicaCounts,
    ageColumn,
    ...containerColumns((o) => o.spec.template),
    wide('Selector', (o) => labelsText(o.spec.selector)),
  ],
  strategy: {
    default: setDefaults,
    ...separateStatus({ initial: () => ({ replicas: 0 }) }),
    validate,
    warnings: templateWarnings,
  },
};

function setDefaults(controller: Json): void {
  const spec = fill(controller, 'spec', {});
  const labels = spec.template?.metadata?.labels;
  if (labels && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
  if (labels && Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
  fill(spec, 'replicas', 1);
  defaultPodTemplate(spec.template);
}

function validate({ spec }: Json): FieldError[] {
  const selector = { matchLabels: spec.selector };
  const labels = spec.template?.metadata?.labels ?? {};
  const missing = [
    ...(isEmptySelector(selector) ? [required('spec.selector')] : []),
    ...(spec.template ? [] : [required('spec.template')]),
  ];
  if (missing.length > 0) return missing;
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...(selectorOf(selector).matches(labels)
      ? []
      : [invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateLongRunning(spec, 'ReplicationController'),
  ];
}
