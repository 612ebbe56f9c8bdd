/** What a namespace may use: LimitRange for each Pod, ResourceQuota for all together. */
import { compareQuantities } from '../../../kube/index.ts';
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { invalid, invalids } from '../validation/field-error.ts';
import { same } from '../validation/immutable.ts';
import { qualifiedName } from '../validation/names.ts';
import { validateQuantity } from '../validation/quantity.ts';
import { ageColumn, createdAtColumn, nameColumn, text } from './columns.ts';
import { fill } from './fill.ts';
import { separateStatus } from './status-strategy.ts';

export const limitRanges: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'limitranges',
  singular: 'limitrange',
  kind: 'LimitRange',
  shortNames: ['limits'],
  namespaced: true,
  generation: false,
  createOnUpdate: true,
  columns: [nameColumn, createdAtColumn],
  strategy: {
    default: (range) => {
      const spec = fill(range, 'spec', {});
      spec.limits ??= null;
      for (const item of spec.limits ?? []) defaultItem(item);
    },
    validate: ({ spec = {} }) =>
      (spec.limits ?? []).flatMap((item: Json, i: number) => itemErrors(item, `spec.limits[${i}]`)),
  },
};

export const resourceQuotas: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  kind: 'ResourceQuota',
  shortNames: ['quota'],
  namespaced: true,
  status: true,
  generation: false,
  answersDeleted: true,
  columns: [
    nameColumn,
    text('Request', (o) => usageText(o, (name) => !name.startsWith('limits.'))),
    text('Limit', (o) => usageText(o, (name) => name.startsWith('limits.'))),
    ageColumn,
  ],
  strategy: {
    default: (quota) => fill(quota, 'spec', {}),
    ...separateStatus(),
    validate: validateQuota,
    validateUpdate: (quota, old, subresource) =>
      subresource === 'status' || same(sorted(quota.spec?.scopes), sorted(old.spec?.scopes))
        ? []
        : [invalid('spec.scopes', quota.spec?.scopes, 'field is immutable')],
  },
};

/** A limit follows from the maximum, a request from the limit or else the minimum. */
function defaultItem(item: Json): void {
  if (item.type !== 'Container') return;
  item.default = { ...item.max, ...item.default };
  item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest };
}

const BOUNDS = ['min', 'max', 'default', 'defaultRequest'] as const;

function itemErrors(item: Json, at: string): FieldError[] {
  const amounts = BOUNDS.flatMap((bound) => amountErrors(item[bound], `${at}.${bound}`));
  if (amounts.length > 0) return amounts;
  return [
    ...orderErrors(item, at, 'min', 'max'),
    ...orderErrors(item, at, 'defaultRequest', 'default'),
    ...orderErrors(item, at, 'default', 'max'),
  ];
}

const WORDS = { min: 'min', max: 'max', default: 'default', defaultRequest: 'default request' } as const;
type Bound = keyof typeof WORDS;

function orderErrors(item: Json, at: string, less: Bound, more: Bound): FieldError[] {
  return Object.entries<string>(item[less] ?? {}).flatMap(([name, amount]) => {
    const limit = item[more]?.[name];
    if (limit === undefined || compareQuantities(amount, limit) <= 0) return [];
    const detail = `${WORDS[less]} value ${amount} is greater than ${WORDS[more]} value ${limit}`;
    return [invalid(`${at}.${less}[${name}]`, amount, detail)];
  });
}

function validateQuota({ spec = {} }: Json): FieldError[] {
  return amountErrors(spec.hard, 'spec.hard');
}

function amountErrors(amounts: Json, at: string): FieldError[] {
  return Object.entries<string>(amounts ?? {}).flatMap(([name, amount]) => [
    ...invalids(`${at}[${name}]`, name, qualifiedName(name)),
    ...validateQuantity(amount, `${at}[${name}]`),
  ]);
}

function usageText({ status = {} }: Json, chosen: (name: string) => boolean): string {
  const names = Object.keys(status.hard ?? {})
    .filter(chosen)
    .sort();
  return names.map((name) => `${name}: ${status.used?.[name] ?? '0'}/${status.hard[name]}`).join(', ');
}

function sorted(scopes: string[] = []): string[] {
  return [...scopes].sort();
}
