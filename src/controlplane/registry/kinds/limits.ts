/** What a namespace may use: LimitRange for each Pod, ResourceQuota for all together. */
import { compareQuantities } from '../../../kube/index.ts';
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, invalids } from '../validation/field-error.ts';
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
type Bound = (typeof BOUNDS)[number];
const WORDS: Readonly<Record<Bound, string>> = {
  min: 'min',
  max: 'max',
  default: 'default',
  defaultRequest: 'default request',
};

function itemErrors(item: Json, at: string): FieldError[] {
  const onlyContainers = ['default', 'defaultRequest'].filter((bound) => item.type === 'Pod' && item[bound]);
  const faults = [
    ...BOUNDS.flatMap((bound) => amountErrors(item[bound], `${at}.${bound}`)),
    ...onlyContainers.map((bound) => forbidden(`${at}.${bound}`, "may not be specified when `type` is 'Pod'")),
  ];
  const names = new Set(BOUNDS.flatMap((bound) => Object.keys(item[bound] ?? {})));
  return faults.length > 0 ? faults : [...names].flatMap((name) => orderErrors(item, at, name));
}

/** Which bounds of a resource may not be above which, in the order in which they are looked at. */
const ORDER: readonly (readonly [less: Bound, more: Bound])[] = [
  ['min', 'max'],
  ['min', 'defaultRequest'],
  ['defaultRequest', 'max'],
  ['defaultRequest', 'default'],
  ['min', 'default'],
  ['default', 'max'],
];

function orderErrors(item: Json, at: string, name: string): FieldError[] {
  return ORDER.flatMap(([less, more]) => {
    const [low, high] = [item[less]?.[name], item[more]?.[name]];
    if (low === undefined || high === undefined || compareQuantities(low, high) <= 0) return [];
    const words = more === 'default' && less === 'defaultRequest' ? 'default limit' : WORDS[more];
    const detail = `${WORDS[less]} value ${low} is greater than ${words} value ${high}`;
    return [invalid(`${at}.${less}[${name}]`, less === 'default' ? high : low, detail)];
  });
}

/** Countable without a prefix; everything else has one: `requests.`, `limits.`, `count/`, a domain. */
const COUNTED = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
];

function validateQuota({ spec = {} }: Json): FieldError[] {
  return Object.entries<string>(spec.hard ?? {}).flatMap(([name, amount]) => [
    ...quotaNameErrors(name, `spec.hard[${name}]`),
    ...validateQuantity(amount, `spec.hard[${name}]`),
  ]);
}

function quotaNameErrors(name: string, field: string): FieldError[] {
  const faults = invalids(field, name, qualifiedName(name));
  if (name.includes('/') || COUNTED.includes(name) || /^(requests|limits|services|hugepages)[.-]/.test(name))
    return faults;
  const strange =
    faults.length > 0 ? [] : [invalid(field, name, 'must be a standard resource type or fully qualified')];
  return [...faults, ...strange, invalid(field, name, 'must be a standard resource for quota')];
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
