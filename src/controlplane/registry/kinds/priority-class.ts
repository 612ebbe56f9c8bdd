import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, oneOf } from '../validation/field-error.ts';
import { ageColumn, integer, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';

export const priorityClasses: ResourceDefinition = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  kind: 'PriorityClass',
  shortNames: ['pc'],
  namespaced: false,
  generation: true,
  columns: [
    nameColumn,
    integer('Value', (o) => o.value ?? 0),
    { name: 'Global-Default', type: 'boolean', cell: (o) => o.globalDefault ?? false },
    ageColumn,
    text('PreemptionPolicy', (o) => o.preemptionPolicy ?? '<none>'),
  ],
  strategy: {
    default: (o) => {
      o.value ??= 0;
      fill(o, 'preemptionPolicy', 'PreemptLowerPriority');
    },
    validate,
    validateUpdate,
  },
};

const HIGHEST = 1_000_000_000;
/** Above what users may have, these keep a cluster itself alive. */
const SYSTEM: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function validate(priority: Json): FieldError[] {
  const { name } = priority.metadata;
  return [
    ...(name?.startsWith('system-') && SYSTEM[name] !== priority.value
      ? [
          forbidden(
            'metadata.name',
            "priority class names with 'system-' prefix are reserved for system use only. error: " +
              (SYSTEM[name] === undefined
                ? `${name} is not a known system priority class`
                : `value of ${name} PriorityClass must be ${SYSTEM[name]}`),
          ),
        ]
      : []),
    ...(!name?.startsWith('system-') && priority.value > HIGHEST
      ? [forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST}`)]
      : []),
    ...oneOf('preemptionPolicy', priority.preemptionPolicy, ['PreemptLowerPriority', 'Never']),
  ];
}

function validateUpdate(priority: Json, old: Json): FieldError[] {
  return [
    ...(priority.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...(priority.preemptionPolicy === (old.preemptionPolicy ?? 'PreemptLowerPriority')
      ? []
      : [invalid('preemptionPolicy', priority.preemptionPolicy, 'field is immutable')]),
  ];
}
