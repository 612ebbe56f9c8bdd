import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, notSupported, required } from '../validation/field-error.ts';
import { immutable } from '../validation/immutable.ts';
import { intOrPercent, isZeroAmount, nonNegative, unboundedIntOrPercent } from '../validation/numbers.ts';
import {
  templateWarnings,
  validateLongRunning,
  validatePodTemplate,
  validateSelection,
} from '../validation/workload.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { readyOfWanted, replicaPaths } from './replicas.ts';
import { separateStatus } from './status-strategy.ts';

export const deployments: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  singular: 'deployment',
  kind: 'Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  annotationsCount: true,
  status: true,
  scale: replicaPaths,
  columns: [
    nameColumn,
    readyOfWanted,
    text('Up-to-date', (o) => o.status?.updatedReplicas ?? 0),
    text('Available', (o) => o.status?.availableReplicas ?? 0),
    ageColumn,
    ...containerColumns((o) => o.spec.template),
    selectorColumn,
  ],
  strategy: { default: setDefaults, ...separateStatus(), validate, validateUpdate, warnings: templateWarnings },
};

const QUARTER = '25%';
const TEN_MINUTES = 600;

function setDefaults(deployment: Json): void {
  const spec = fill(deployment, 'spec', {});
  fill(spec, 'replicas', 1);
  fill(spec, 'revisionHistoryLimit', 10);
  fill(spec, 'progressDeadlineSeconds', TEN_MINUTES);
  fill(spec, 'strategy', {});
  fill(spec.strategy, 'type', 'RollingUpdate');
  if (spec.strategy.type === 'RollingUpdate') {
    fill(spec.strategy, 'rollingUpdate', {});
    fill(spec.strategy.rollingUpdate, 'maxUnavailable', QUARTER);
    fill(spec.strategy.rollingUpdate, 'maxSurge', QUARTER);
  }
  defaultPodTemplate(spec.template);
}

function validate({ spec }: Json): FieldError[] {
  return [
    ...nonNegative('spec.replicas', spec.replicas),
    ...validateSelection(spec, { kind: 'deployment', unreadable: 'invalid label selector', needed: true }),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateLongRunning(spec, 'ReplicaSet'),
    ...strategyErrors(spec.strategy),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
    ...nonNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds),
    ...(spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
      ? [invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds')]
      : []),
  ];
}

function strategyErrors(strategy: Json): FieldError[] {
  const at = 'spec.strategy';
  if (strategy.type === 'Recreate') {
    const detail = "may not be specified when strategy `type` is 'Recreate'";
    return strategy.rollingUpdate ? [forbidden(`${at}.rollingUpdate`, detail)] : [];
  }
  if (strategy.type !== 'RollingUpdate') {
    return [
      notSupported(at, { Type: strategy.type, RollingUpdate: strategy.rollingUpdate ?? null }, [
        'Recreate',
        'RollingUpdate',
      ]),
    ];
  }
  if (!strategy.rollingUpdate) {
    return [required(`${at}.rollingUpdate`, 'this should be defaulted and never be nil')];
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate;
  const field = `${at}.rollingUpdate.maxUnavailable`;
  return [
    ...intOrPercent(field, maxUnavailable),
    ...unboundedIntOrPercent(`${at}.rollingUpdate.maxSurge`, maxSurge),
    ...(isZeroAmount(maxUnavailable) && isZeroAmount(maxSurge)
      ? [invalid(field, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
  ];
}

function validateUpdate(deployment: Json, old: Json): FieldError[] {
  return immutable('spec.selector', deployment.spec.selector, old.spec.selector);
}
