/** Volumes of a Pod: one source each, with what that source cannot do without. */
import type { FieldError, Json } from '../definition.ts';
import { relativePathErrors } from './container.ts';
import { duplicate, forbidden, invalid, invalids, optionalOneOf, required } from './field-error.ts';
import { dnsLabel } from './names.ts';
import { validateQuantity } from './quantity.ts';

type SourceRule = (source: Json, at: string) => FieldError[];

const needs =
  (...fields: string[]): SourceRule =>
  (source, at) =>
    fields.filter((field) => !source[field]).map((field) => required(`${at}.${field}`));

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

const sources: Readonly<Record<string, SourceRule>> = {
  emptyDir: (s, at) =>
    s.sizeLimit === undefined || validateQuantity(s.sizeLimit, '').length === 0
      ? []
      : [forbidden(`${at}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')],
  hostPath: (s, at) => [
    ...needs('path')(s, at),
    ...upwardErrors(s.path, `${at}.path`),
    ...optionalOneOf(`${at}.type`, s.type, HOST_PATH_TYPES),
  ],
  configMap: (s, at) => [...needs('name')(s, at), ...modeAndItemErrors(s, at)],
  secret: (s, at) => [...needs('secretName')(s, at), ...modeAndItemErrors(s, at)],
  downwardAPI: (s, at) => [...modeAndItemErrors(s, at, false), ...sourceless(s.items, at)],
  projected: projectedErrors,
  persistentVolumeClaim: needs('claimName'),
  nfs: (s, at) => [
    ...needs('server', 'path')(s, at),
    ...(s.path?.startsWith('/') ? [] : [invalid(`${at}.path`, s.path ?? '', 'must be an absolute path')]),
  ],
  iscsi: needs('targetPortal', 'iqn'),
  csi: needs('driver'),
  image: needs('reference'),
  ephemeral: needs('volumeClaimTemplate'),
};

export function validateVolumes(volumes: Json[], at: string): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, i) => [
    ...sourceErrors(volume, `${at}[${i}]`),
    ...nameErrors(volume.name, `${at}[${i}].name`, names),
  ]);
}

function nameErrors(name: Json, field: string, names: Set<string>): FieldError[] {
  if (!name) return [required(field)];
  const errors = invalids(field, name, dnsLabel(name));
  if (names.has(name)) return [...errors, duplicate(field, name)];
  names.add(name);
  return errors;
}

function sourceErrors(volume: Json, at: string): FieldError[] {
  const [first, ...more] = Object.keys(volume).filter((key) => key !== 'name' && volume[key]);
  if (!first) return [required(at, 'must specify a volume type')];
  return [
    ...(sources[first]?.(volume[first], `${at}.${first}`) ?? []),
    ...more.map((source) => forbidden(`${at}.${source}`, 'may not specify more than 1 volume type')),
  ];
}

function sourceless(items: Json[] = [], at: string): FieldError[] {
  return items
    .filter((item) => !item.fieldRef && !item.resourceFieldRef)
    .map(() => required(at, 'one of fieldRef and resourceFieldRef is required'));
}

function upwardErrors(path: Json, field: string): FieldError[] {
  return String(path ?? '')
    .split('/')
    .includes('..')
    ? [invalid(field, path, "must not contain '..'")]
    : [];
}

function modeAndItemErrors(source: Json, at: string, keyed = true): FieldError[] {
  return [
    ...modeErrors(source.defaultMode, `${at}.defaultMode`),
    ...(source.items ?? []).flatMap((item: Json, i: number) => [
      ...(keyed && !item.key ? [required(`${at}.items[${i}].key`)] : []),
      ...(item.path ? [] : [required(`${at}.items[${i}].path`)]),
      ...relativePathErrors(item.path, `${at}.items[${i}].path`),
      ...modeErrors(item.mode, `${at}.items[${i}].mode`),
    ]),
  ];
}

function modeErrors(mode: Json, field: string): FieldError[] {
  if (mode === undefined || mode === null || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

const PROJECTIONS = [
  'secret',
  'configMap',
  'downwardAPI',
  'serviceAccountToken',
  'clusterTrustBundle',
  'podCertificate',
];

function projectedErrors(projected: Json, at: string): FieldError[] {
  const errors = (projected.sources ?? []).flatMap((source: Json, i: number) => {
    const field = `${at}.sources[${i}]`;
    const [first, ...more] = PROJECTIONS.filter((name) => source[name]);
    if (!first) return [];
    return [
      ...(first === 'secret' || first === 'configMap' ? needs('name')(source[first], `${field}.${first}`) : []),
      ...(first === 'serviceAccountToken' ? needs('path')(source[first], at) : []),
      ...more.map((name) => forbidden(`${field}.${name}`, 'may not specify more than 1 volume type')),
    ];
  });
  return [...modeErrors(projected.defaultMode, `${at}.defaultMode`), ...errors];
}
