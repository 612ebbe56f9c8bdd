/** ConfigMaps and Secrets: named pieces of data, one mebibyte at most, frozen if asked. */
import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { forbidden, invalid, invalids, required, tooLong } from '../validation/field-error.ts';
import { immutable, same } from '../validation/immutable.ts';
import { configMapKey } from '../validation/names.ts';
import { ageColumn, nameColumn, text } from './columns.ts';

const MAX_BYTES = 1024 * 1024;

export const configMaps: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  singular: 'configmap',
  kind: 'ConfigMap',
  shortNames: ['cm'],
  namespaced: true,
  columns: [
    nameColumn,
    text('Data', (o) => Object.keys(o.data ?? {}).length + Object.keys(o.binaryData ?? {}).length),
    ageColumn,
  ],
  strategy: {
    validate: validateConfigMap,
    validateUpdate: (map, old) => frozenErrors(map, old, ['data', 'binaryData']),
  },
};

export const secrets: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'secrets',
  singular: 'secret',
  kind: 'Secret',
  namespaced: true,
  selectableFields: { type: (o) => o.type ?? '' },
  columns: [
    nameColumn,
    text('Type', (o) => o.type ?? ''),
    text('Data', (o) => Object.keys(o.data ?? {}).length),
    ageColumn,
  ],
  strategy: { default: defaultSecret, validate: validateSecret, validateUpdate: validateSecretUpdate },
};

function validateConfigMap(map: Json): FieldError[] {
  const { data = {}, binaryData = {} } = map;
  const both = Object.keys(data ?? {}).filter((key) => binaryData?.[key] !== undefined);
  return [
    ...keyErrors(data, 'data'),
    ...both.map((key) => invalid(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...keyErrors(binaryData, 'binaryData'),
    ...(sizeOf(data, Buffer.byteLength) + sizeOf(binaryData, base64Bytes) > MAX_BYTES
      ? [tooLong('[]', MAX_BYTES)]
      : []),
  ];
}

/** `stringData` is a way to write `data` without encoding; it is never served. */
function defaultSecret(secret: Json): void {
  secret.type ||= 'Opaque';
  if (!secret.stringData) return;
  const entries = Object.entries<string>(secret.stringData);
  const encoded = entries.map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  secret.data = { ...secret.data, ...Object.fromEntries(encoded) };
  delete secret.stringData;
}

/** Keys that a Secret of a known type cannot do without. */
const neededKeys: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};
const ACCOUNT = 'kubernetes.io/service-account.name';

function validateSecret(secret: Json): FieldError[] {
  const data = secret.data ?? {};
  const missing = (Object.hasOwn(neededKeys, secret.type) ? neededKeys[secret.type]! : []).filter(
    (key) => data[key] === undefined,
  );
  return [
    ...keyErrors(data, 'data'),
    ...(sizeOf(data, base64Bytes) > MAX_BYTES ? [tooLong('data', MAX_BYTES)] : []),
    ...missing.map((key) => required(`data[${key}]`)),
    ...jsonErrors(secret),
    ...(secret.type === 'kubernetes.io/service-account-token' && !secret.metadata.annotations?.[ACCOUNT]
      ? [required(`metadata.annotations[${ACCOUNT}]`)]
      : []),
    ...(secret.type === 'kubernetes.io/basic-auth' && data.username === undefined && data.password === undefined
      ? [required('data[username]'), required('data[password]')]
      : []),
  ];
}

/** What registries' credentials are written in. The contents of a Secret are never shown. */
function jsonErrors({ type, data }: Json): FieldError[] {
  const [key] = type.startsWith('kubernetes.io/docker') ? (neededKeys[type] ?? []) : [];
  if (!key || data?.[key] === undefined) return [];
  try {
    JSON.parse(Buffer.from(data[key], 'base64').toString());
    return [];
  } catch {
    return [invalid(`data[${key}]`, '<secret contents redacted>', 'must be JSON')];
  }
}

function validateSecretUpdate(secret: Json, old: Json): FieldError[] {
  return [...immutable('type', secret.type, old.type), ...frozenErrors(secret, old, ['data'])];
}

function frozenErrors(object: Json, old: Json, fields: string[]): FieldError[] {
  if (!old.immutable) return [];
  const detail = 'field is immutable when `immutable` is set';
  const changed = fields.filter((field) => !same(object[field], old[field]));
  if (!object.immutable) changed.unshift('immutable');
  return changed.map((field) => forbidden(field, detail));
}

function keyErrors(data: Json, field: string): FieldError[] {
  return Object.keys(data ?? {}).flatMap((key) => invalids(`${field}[${key}]`, key, configMapKey(key)));
}

function sizeOf(data: Json, bytes: (value: string) => number): number {
  return Object.values<string>(data ?? {}).reduce((sum, value) => sum + bytes(value), 0);
}

function base64Bytes(text: string): number {
  return Buffer.byteLength(text, 'base64');
}
