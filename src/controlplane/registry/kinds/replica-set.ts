import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { immutable } from '../validation/immutable.ts';
import { nonNegative } from '../validation/numbers.ts';
import {
  templateWarnings,
  validateLongRunning,
  validatePodTemplate,
  validateSelection,
} from '../validation/workload.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn } from './columns.ts';
import { fill } from './fill.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { replicaCounts, replicaPaths } from './replicas.ts';
import { separateStatus } from './status-strategy.ts';

export const replicaSets: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'replicasets',
  singular: 'replicaset',
  kind: 'ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  status: true,
  scale: replicaPaths,
  columns: [nameColumn, ...replicaCounts, ageColumn, ...containerColumns((o) => o.spec.template), selectorColumn],
  strategy: {
    default: setDefaults,
    ...separateStatus({ initial: () => ({ replicas: 0 }) }),
    validate,
    warnings: templateWarnings,
    validateUpdate: (set, old) => immutable('spec.selector', set.spec.selector, old.spec.selector),
  },
};

function setDefaults(set: Json): void {
  const spec = fill(set, 'spec', {});
  fill(spec, 'replicas', 1);
  defaultPodTemplate(spec.template);
}

function validate({ spec }: Json): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...validateSelection(spec, { kind: 'deployment', unreadable: 'invalid label selector', needed: true }),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateLongRunning(spec, 'ReplicaSet'),
  ];
}
