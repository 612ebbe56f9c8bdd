/** flowcontrol.apiserver.k8s.io: kept and served; requests are not queued by it. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, optionalOneOf, required } from '../validation/field-error.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

const GROUP = 'flowcontrol.apiserver.k8s.io';
const MAX_PRECEDENCE = 10_000;

export const flowSchemas: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'flowschemas',
  singular: 'flowschema',
  kind: 'FlowSchema',
  namespaced: false,
  status: true,
  columns: [
    nameColumn,
    text('PriorityLevel', (o) => o.spec?.priorityLevelConfiguration?.name ?? ''),
    text('MatchingPrecedence', (o) => o.spec?.matchingPrecedence ?? 0),
    text('DistinguisherMethod', (o) => o.spec?.distinguisherMethod?.type ?? '<none>'),
    ageColumn,
    text('MissingPL', danglingText),
  ],
  strategy: {
    default: (o) => fill(fill(o, 'spec', {}), 'matchingPrecedence', 1000),
    ...separateStatus(),
    validate: validateSchema,
  },
};

export const priorityLevels: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'prioritylevelconfigurations',
  singular: 'prioritylevelconfiguration',
  kind: 'PriorityLevelConfiguration',
  namespaced: false,
  status: true,
  columns: [
    nameColumn,
    text('Type', (o) => o.spec?.type ?? ''),
    text('NominalConcurrencyShares', (o) => sharesOf(o) ?? '<none>'),
    text('Queues', (o) => queuing(o, 'queues')),
    text('HandSize', (o) => queuing(o, 'handSize')),
    text('QueueLengthLimit', (o) => queuing(o, 'queueLengthLimit')),
    ageColumn,
  ],
  strategy: { default: defaultLevel, ...separateStatus(), validate: validateLevel },
};

function danglingText(schema: Json): string {
  const condition = (schema.status?.conditions ?? []).find((c: Json) => c.type === 'Dangling');
  return condition?.status ?? '?';
}

function validateSchema({ spec }: Json): FieldError[] {
  const precedence = spec.matchingPrecedence;
  const inRange = precedence >= 1 && precedence <= MAX_PRECEDENCE;
  return [
    ...(inRange ? [] : [invalid('spec.matchingPrecedence', precedence, `must be within range 1 to ${MAX_PRECEDENCE}`)]),
    ...(spec.priorityLevelConfiguration?.name
      ? []
      : [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')]),
  ];
}

function defaultLevel({ spec }: Json): void {
  if (spec?.limited) {
    spec.limited.nominalConcurrencyShares ??= 30;
    spec.limited.lendablePercent ??= 0;
    const queuing = spec.limited.limitResponse?.queuing;
    if (!queuing) return;
    fill(queuing, 'queues', 64);
    fill(queuing, 'handSize', 8);
    fill(queuing, 'queueLengthLimit', 50);
  } else if (spec?.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0;
    spec.exempt.lendablePercent ??= 0;
  }
}

function validateLevel({ spec = {} }: Json): FieldError[] {
  const errors = optionalOneOf('spec.type', spec.type ?? '', ['Exempt', 'Limited']);
  if (spec.type === 'Limited' && !spec.limited) {
    errors.push(required('spec.limited', 'must not be empty when type is Limited'));
  }
  if (!spec.limited) return errors;
  const type = spec.limited.limitResponse?.type ?? '';
  return [...errors, ...optionalOneOf('spec.limited.limitResponse.type', type, ['Queue', 'Reject'])];
}

function sharesOf({ spec = {} }: Json): number | undefined {
  return (spec.limited ?? spec.exempt)?.nominalConcurrencyShares;
}

function queuing({ spec = {} }: Json, field: string): string | number {
  return spec.limited?.limitResponse?.queuing?.[field] ?? '<none>';
}
