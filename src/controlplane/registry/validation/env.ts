/** Environment variables of a container and where their values come from. */
import type { FieldError, Json } from '../definition.ts';
import { invalid, invalids, notSupported, oneOf, required } from './field-error.ts';
import { configMapKey, dnsSubdomain, envVarName, qualifiedName } from './names.ts';

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'];
const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const KEYED = /^metadata\.(labels|annotations)\['(.*)'\]$/;

export function validateEnv(container: Json, at: string): FieldError[] {
  return [
    ...(container.env ?? []).flatMap((env: Json, i: number) => envErrors(env, `${at}.env[${i}]`)),
    ...(container.envFrom ?? []).flatMap((from: Json, i: number) => envFromErrors(from, `${at}.envFrom`, i)),
  ];
}

function envErrors(env: Json, at: string): FieldError[] {
  const name = env.name ? invalids(`${at}.name`, env.name, envVarName(env.name)) : [required(`${at}.name`)];
  return env.valueFrom ? [...name, ...sourceErrors(env, `${at}.valueFrom`)] : name;
}

function sourceErrors({ value, valueFrom }: Json, at: string): FieldError[] {
  const set = SOURCES.filter((source) => valueFrom[source]);
  const errors = set.flatMap((source) => referenceErrors(source, valueFrom[source], `${at}.${source}`));
  if (set.length === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    return [invalid(at, '', detail)];
  }
  if (value) return [...errors, invalid(at, '', 'may not be specified when `value` is not empty')];
  if (set.length > 1) return [...errors, invalid(at, '', 'may not have more than one field specified at a time')];
  return errors;
}

function referenceErrors(source: string, ref: Json, at: string): FieldError[] {
  if (source === 'fieldRef') return fieldRefErrors(ref, at);
  if (source === 'resourceFieldRef') {
    return ref.resource?.includes('.hugepages-') ? [] : oneOf(`${at}.resource`, ref.resource, RESOURCES);
  }
  if (source === 'fileKeyRef') return ref.key ? [] : [required(`${at}.key`)];
  return [
    ...invalids(`${at}.name`, ref.name ?? '', dnsSubdomain(ref.name ?? '')),
    ...(ref.key ? invalids(`${at}.key`, ref.key, configMapKey(ref.key)) : [required(`${at}.key`)]),
  ];
}

function fieldRefErrors({ fieldPath }: Json, at: string): FieldError[] {
  const field = `${at}.fieldPath`;
  if (!fieldPath) return [required(field)];
  const key = KEYED.exec(fieldPath)?.[2];
  if (key !== undefined) return invalids(field, key, qualifiedName(key.toLowerCase()));
  if (FIELDS.includes(fieldPath)) return [];
  return /^(metadata|spec|status)\./.test(fieldPath)
    ? [notSupported(field, fieldPath, FIELDS)]
    : [invalid(field, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
}

function envFromErrors(from: Json, list: string, i: number): FieldError[] {
  const at = `${list}[${i}]`;
  const [source, ...more] = ['configMapRef', 'secretRef'].filter((name) => from[name]);
  const prefix = from.prefix ? invalids(`${at}.prefix`, from.prefix, envVarName(from.prefix)) : [];
  if (!source) return [...prefix, invalid(list, '', 'must specify one of: `configMapRef` or `secretRef`')];
  if (more.length > 0) return [...prefix, invalid(list, '', 'may not have more than one field specified at a time')];
  return from[source].name ? prefix : [...prefix, required(`${at}.${source}.name`)];
}
