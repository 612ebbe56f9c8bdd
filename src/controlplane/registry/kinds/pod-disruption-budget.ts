import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, optionalOneOf } from '../validation/field-error.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { intOrPercent } from '../validation/numbers.ts';
import { ageColumn, integer, nameColumn, text } from './columns.ts';
import { separateStatus } from './status-strategy.ts';

export const podDisruptionBudgets: ResourceDefinition = {
  group: 'policy',
  version: 'v1',
  plural: 'poddisruptionbudgets',
  singular: 'poddisruptionbudget',
  kind: 'PodDisruptionBudget',
  shortNames: ['pdb'],
  namespaced: true,
  status: true,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    text('Min Available', (o) => String(o.spec.minAvailable ?? 'N/A')),
    text('Max Unavailable', (o) => String(o.spec.maxUnavailable ?? 'N/A')),
    integer('Allowed Disruptions', (o) => o.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
  strategy: {
    default: (o) => {
      o.spec ??= {};
    },
    ...separateStatus({
      initial: () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    }),
    validate,
  },
};

function validate({ spec }: Json): FieldError[] {
  const { minAvailable, maxUnavailable } = spec;
  const both = isSet(minAvailable) && isSet(maxUnavailable);
  return [
    ...(both ? [invalid('spec', shown(spec), 'minAvailable and maxUnavailable cannot be both set')] : []),
    ...intOrPercent('spec.minAvailable', minAvailable),
    ...intOrPercent('spec.maxUnavailable', maxUnavailable),
    ...validateLabelSelector(spec.selector, 'spec.selector'),
    ...optionalOneOf('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, [
      'AlwaysAllow',
      'IfHealthyBudget',
    ]),
  ];
}

/** As the API server prints a whole spec. */
function shown({ minAvailable, selector = null, maxUnavailable, unhealthyPodEvictionPolicy = null }: Json): Json {
  return {
    MinAvailable: minAvailable,
    Selector: selector,
    MaxUnavailable: maxUnavailable,
    UnhealthyPodEvictionPolicy: unhealthyPodEvictionPolicy,
  };
}

function isSet(value: Json): boolean {
  return value !== undefined && value !== null;
}
