/** The paths of one resource in an OpenAPI document: what may be done where, and with which body. */
import type { ResourceDefinition } from '../../registry/definition.ts';
import { type GroupVersionKind, type JsonSchema, refTo } from './json-schema.ts';

type Operation = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathItem = Record<string, unknown>;

const SCALE: GroupVersionKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const PATCH = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';
const SCALE_SCHEMA = 'io.k8s.api.autoscaling.v1.Scale';

/** @param schema name of the kind's schema; its list is called the same with `List` behind */
export function resourcePaths(definition: ResourceDefinition, schema: string): Record<string, PathItem> {
  const { group, version, kind, plural, namespaced, status, scale } = definition;
  const gvk = { group, version, kind };
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`;
  const item = `${collection}/{name}`;
  const paths: Record<string, PathItem> = {};
  add(paths, collection, collectionOperations(definition, gvk, schema));
  if (namespaced) add(paths, `${root}/${plural}`, listOnly(definition, gvk, schema));
  add(paths, item, itemOperations(definition, gvk, schema));
  if (status) add(paths, `${item}/status`, written(definition, gvk, schema));
  if (scale) add(paths, `${item}/scale`, written(definition, SCALE, SCALE_SCHEMA));
  return paths;
}

function add(paths: Record<string, PathItem>, path: string, operations: PathItem): void {
  if (Object.keys(operations).length > 0) paths[path] = { ...operations, parameters: pathParameters(path) };
}

function collectionOperations(definition: ResourceDefinition, gvk: GroupVersionKind, schema: string): PathItem {
  return {
    ...listOnly(definition, gvk, schema),
    ...(has(definition, 'create') && { post: operation('post', gvk, schema, { body: schema }) }),
    ...(has(definition, 'deletecollection') && {
      delete: operation('delete', gvk, STATUS, { body: DELETE_OPTIONS, action: 'deletecollection' }),
    }),
  };
}

function listOnly(definition: ResourceDefinition, gvk: GroupVersionKind, schema: string): PathItem {
  return has(definition, 'list') ? { get: operation('get', gvk, `${schema}List`, { action: 'list' }) } : {};
}

function itemOperations(definition: ResourceDefinition, gvk: GroupVersionKind, schema: string): PathItem {
  return {
    ...written(definition, gvk, schema),
    ...(has(definition, 'delete') && { delete: operation('delete', gvk, STATUS, { body: DELETE_OPTIONS }) }),
  };
}

/** An object and each of its subresources is read, replaced and patched alike. */
function written(definition: ResourceDefinition, gvk: GroupVersionKind, schema: string): PathItem {
  return {
    ...(has(definition, 'get') && { get: operation('get', gvk, schema) }),
    ...(has(definition, 'update') && { put: operation('put', gvk, schema, { body: schema }) }),
    ...(has(definition, 'patch') && {
      patch: operation('patch', gvk, schema, { body: PATCH, mediaTypes: patchTypes(definition) }),
    }),
  };
}

function has({ verbs }: ResourceDefinition, verb: string): boolean {
  return verbs === undefined || verbs.includes(verb);
}

function patchTypes({ custom }: ResourceDefinition): string[] {
  const all = ['apply-patch+yaml', 'json-patch+json', 'merge-patch+json', 'strategic-merge-patch+json'];
  return (custom ? all.slice(0, -1) : all).map((type) => `application/${type}`);
}

function operation(
  verb: Operation,
  gvk: GroupVersionKind,
  answer: string,
  { body, mediaTypes = ['*/*'], action = verb }: { body?: string; mediaTypes?: string[]; action?: string } = {},
): JsonSchema {
  const parameters = PARAMETERS[verb].map(([name, type]) => ({
    name,
    in: 'query',
    schema: { type, uniqueItems: true },
  }));
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: content(mediaTypes, body), required: verb !== 'delete' } }),
    responses: { 200: { description: 'OK', content: content(['application/json'], answer) } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
  };
}

const WRITE = [
  ['dryRun', 'string'],
  ['fieldManager', 'string'],
  ['fieldValidation', 'string'],
] as const;

const PARAMETERS: Readonly<Record<Operation, readonly (readonly [string, string])[]>> = {
  get: [],
  post: WRITE,
  put: WRITE,
  patch: [...WRITE, ['force', 'boolean']],
  delete: [
    ['dryRun', 'string'],
    ['gracePeriodSeconds', 'integer'],
    ['propagationPolicy', 'string'],
  ],
};

function content(mediaTypes: readonly string[], schema: string): JsonSchema {
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema: refTo(schema) }]));
}

function pathParameters(path: string): JsonSchema[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } }));
}
