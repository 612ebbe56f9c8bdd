import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, notSupported, required } from '../validation/field-error.ts';
import { immutable, same } from '../validation/immutable.ts';
import { intOrPercent, isZeroAmount, nonNegative } from '../validation/numbers.ts';
import {
  templateWarnings,
  validateLongRunning,
  validatePodTemplate,
  validateSelection,
} from '../validation/workload.ts';
import { ageColumn, containerColumns, integer, labelsText, nameColumn, selectorColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { separateStatus } from './status-strategy.ts';

export const daemonSets: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  plural: 'daemonsets',
  singular: 'daemonset',
  kind: 'DaemonSet',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  status: true,
  columns: [
    nameColumn,
    integer('Desired', (o) => o.status?.desiredNumberScheduled ?? 0),
    integer('Current', (o) => o.status?.currentNumberScheduled ?? 0),
    integer('Ready', (o) => o.status?.numberReady ?? 0),
    integer('Up-to-date', (o) => o.status?.updatedNumberScheduled ?? 0),
    integer('Available', (o) => o.status?.numberAvailable ?? 0),
    text('Node Selector', (o) => labelsText(o.spec.template?.spec?.nodeSelector)),
    ageColumn,
    ...containerColumns((o) => o.spec.template),
    selectorColumn,
  ],
  strategy: {
    default: setDefaults,
    prepareForCreate,
    prepareForUpdate,
    validate,
    warnings: templateWarnings,
    validateUpdate: (set, old) => immutable('spec.selector', set.spec.selector, old.spec.selector),
  },
};

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
const status = separateStatus({ initial: emptyStatus });

function prepareForCreate(set: Json): void {
  status.prepareForCreate(set);
  set.metadata.annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: '1' };
}

/** Templates are counted in an annotation, for clients of long ago. */
function prepareForUpdate(set: Json, old: Json, subresource: string | undefined): void {
  status.prepareForUpdate(set, old, subresource);
  if (subresource === 'status') return;
  const count = Number(old.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
  const next = count + (same(set.spec.template, old.spec.template) ? 0 : 1);
  set.metadata.annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: String(next) };
}

function emptyStatus(): Json {
  return { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
}

function setDefaults(set: Json): void {
  const spec = fill(set, 'spec', {});
  fill(spec, 'updateStrategy', {});
  fill(spec.updateStrategy, 'type', 'RollingUpdate');
  if (spec.updateStrategy.type === 'RollingUpdate') {
    fill(spec.updateStrategy, 'rollingUpdate', {});
    fill(spec.updateStrategy.rollingUpdate, 'maxUnavailable', 1);
    fill(spec.updateStrategy.rollingUpdate, 'maxSurge', 0);
  }
  fill(spec, 'revisionHistoryLimit', 10);
  defaultPodTemplate(spec.template);
}

function validate({ spec }: Json): FieldError[] {
  return [
    ...validateSelection(spec, { kind: 'daemonset', needed: false }),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateLongRunning(spec, 'DaemonSet'),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...updateStrategyErrors(spec.updateStrategy),
    ...nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit),
  ];
}

function updateStrategyErrors({ type, rollingUpdate }: Json): FieldError[] {
  const at = 'spec.updateStrategy';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') {
    return [notSupported(at, { Type: type, RollingUpdate: rollingUpdate ?? null }, ['RollingUpdate', 'OnDelete'])];
  }
  if (!rollingUpdate) return [required(`${at}.rollingUpdate`)];
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const field = `${at}.rollingUpdate.maxUnavailable`;
  const bounds = [...intOrPercent(field, maxUnavailable), ...intOrPercent(`${at}.rollingUpdate.maxSurge`, maxSurge)];
  if (isZeroAmount(maxUnavailable) && isZeroAmount(maxSurge)) {
    bounds.push(required(field, 'cannot be 0 when maxSurge is 0'));
  } else if (!isZeroAmount(maxUnavailable) && !isZeroAmount(maxSurge)) {
    bounds.push(invalid(`${at}.rollingUpdate.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  }
  return bounds;
}
