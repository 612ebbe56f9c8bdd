import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, required } from '../validation/field-error.ts';
import { ageColumn, nameColumn, text } from './columns.ts';
import { separateStatus } from './status-strategy.ts';

/** Kept and served; requests are not forwarded by it. */
export const apiServices: ResourceDefinition = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  plural: 'apiservices',
  singular: 'apiservice',
  kind: 'APIService',
  categories: ['api-extensions'],
  namespaced: false,
  status: true,
  generation: false,
  unconditionalUpdate: false,
  columns: [
    nameColumn,
    text('Service', (o) => (o.spec?.service ? `${o.spec.service.namespace}/${o.spec.service.name}` : 'Local')),
    text('Available', availableText),
    ageColumn,
  ],
  strategy: {
    default: ({ spec }) => {
      if (spec?.service) spec.service.port ??= 443;
    },
    ...separateStatus({ initial: initialStatus }),
    validate,
  },
};

/** What this server serves itself is available; what another should serve is unknown. */
function initialStatus(service: Json): Json {
  if (service.spec?.service) return {};
  const condition = {
    type: 'Available',
    status: 'True',
    reason: 'Local',
    message: 'Local APIServices are always available',
  };
  return { conditions: [{ ...condition, lastTransitionTime: service.metadata.creationTimestamp ?? null }] };
}

function validate({ metadata, spec = {} }: Json): FieldError[] {
  const name = `${spec.version ?? ''}.${spec.group ?? ''}`;
  const detail = '`spec.version+"."+spec.group`';
  return [
    ...(metadata.name && metadata.name !== name
      ? [invalid('metadata.name', metadata.name, `must be ${detail}: "${name}"`)]
      : []),
    ...(spec.version ? [] : [required('spec.version')]),
    ...rangeErrors('groupPriorityMinimum', spec.groupPriorityMinimum, 20_000),
    ...rangeErrors('versionPriority', spec.versionPriority, 1000),
  ];
}

function rangeErrors(field: string, value: number | undefined, max: number): FieldError[] {
  if (value !== undefined && value > 0 && value <= max) return [];
  return [invalid(`spec.${field}`, value ?? 0, `must be positive and less than ${max}`)];
}

function availableText(service: Json): string {
  const condition = (service.status?.conditions ?? []).find((c: Json) => c.type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
}
