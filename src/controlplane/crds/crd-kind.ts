/** The kind CustomResourceDefinition itself. */
import type { FieldError, Json, ResourceDefinition } from '../registry/definition.ts';
import { customSchemaFaults } from '../schema/index.ts';

export const GROUP = 'apiextensions.k8s.io';
/** Keeps a deleted definition until its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

export const customResourceDefinitions: ResourceDefinition = {
  group: GROUP,
  version: 'v1',
  plural: 'customresourcedefinitions',
  singular: 'customresourcedefinition',
  kind: 'CustomResourceDefinition',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  status: true,
  columns: [
    { name: 'Name', type: 'string', format: 'name', cell: (o) => o.metadata.name },
    { name: 'Created At', type: 'date', cell: (o) => o.metadata.creationTimestamp },
  ],
  strategy: { default: setDefaults, prepareForCreate, prepareForUpdate, validate, validateUpdate },
};

function setDefaults({ spec }: Json): void {
  const names = spec?.names;
  if (names?.kind) {
    names.singular ||= names.kind.toLowerCase();
    names.listKind ||= `${names.kind}List`;
  }
  if (spec) spec.conversion ??= { strategy: 'None' };
}

function prepareForCreate(object: Json): void {
  object.metadata.finalizers = [...new Set([...(object.metadata.finalizers ?? []), CLEANUP])];
  const stored = (object.spec?.versions ?? []).filter((v: Json) => v.storage).map((v: Json) => v.name);
  object.status = { acceptedNames: { kind: '', plural: '' }, conditions: [], storedVersions: stored };
}

function prepareForUpdate(object: Json, old: Json, subresource: string | undefined): void {
  if (subresource || !object.status) return;
  const stored = (object.spec.versions ?? []).filter((v: Json) => v.storage).map((v: Json) => v.name);
  object.status = {
    ...object.status,
    storedVersions: [...new Set([...(old.status?.storedVersions ?? []), ...stored])],
  };
}

function validate(object: Json): FieldError[] {
  const { group, scope } = object.spec ?? {};
  const names = object.spec?.names ?? {};
  const versions = object.spec?.versions ?? [];
  const errors: FieldError[] = [];
  if (!group) errors.push(required('spec.group'));
  if (!['Namespaced', 'Cluster'].includes(scope))
    errors.push(unsupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  for (const field of ['plural', 'kind']) if (!names[field]) errors.push(required(`spec.names.${field}`));
  if (group && names.plural && object.metadata.name !== `${names.plural}.${group}`)
    errors.push(invalid('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (names.plural && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(names.plural))
    errors.push(invalid('spec.names.plural', names.plural, DNS_LABEL));
  if (versions.length === 0 || versions.filter((v: Json) => v.storage).length !== 1)
    errors.push(
      invalid(
        'spec.versions',
        versions.map((v: Json) => v.name),
        'must have exactly one version marked as storage version',
      ),
    );
  return [...errors, ...versions.flatMap((v: Json, i: number) => versionErrors(v, i, versions))];
}

const DNS_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";

/** A schema that is the only one is named as if it were that of all versions. */
function schemaPath(at: string, versions: readonly Json[]): string {
  return versions.length === 1 ? 'spec.validation.openAPIV3Schema' : `${at}.schema.openAPIV3Schema`;
}

function versionErrors(version: Json, index: number, versions: readonly Json[]): FieldError[] {
  const at = `spec.versions[${index}]`;
  const errors: FieldError[] = [];
  const schema = version.schema?.openAPIV3Schema;
  if (!schema) errors.push(required(`${at}.schema.openAPIV3Schema`, 'schemas are required'));
  else
    errors.push(
      ...customSchemaFaults(schema, schemaPath(at, versions), { status: Boolean(version.subresources?.status) }),
    );
  if (versions.findIndex((v) => v.name === version.name) !== index)
    errors.push({
      field: `${at}.name`,
      reason: 'FieldValueDuplicate',
      message: `Duplicate value: ${JSON.stringify(version.name)}`,
    });
  const { scale } = version.subresources ?? {};
  for (const field of scale ? ['specReplicasPath', 'statusReplicasPath'] : [])
    if (!scale[field]) errors.push(required(`${at}.subresources.scale.${field}`));
  return errors;
}

function validateUpdate(object: Json, old: Json): FieldError[] {
  const fixed: [string, Json, Json][] = [
    ['spec.group', object.spec.group, old.spec.group],
    ['spec.names.plural', object.spec.names?.plural, old.spec.names.plural],
    ['spec.scope', object.spec.scope, old.spec.scope],
    ['spec.names.kind', object.spec.names?.kind, old.spec.names.kind],
  ];
  return fixed
    .filter(([, now, before]) => now !== before)
    .map(([field, now]) => invalid(field, now, 'field is immutable'));
}

function required(field: string, detail?: string): FieldError {
  return { field, reason: 'FieldValueRequired', message: detail ? `Required value: ${detail}` : 'Required value' };
}

function invalid(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: ${detail}` };
}

function unsupported(field: string, value: unknown, allowed: readonly string[]): FieldError {
  const list = allowed.map((v) => JSON.stringify(v)).join(', ');
  return {
    field,
    reason: 'FieldValueNotSupported',
    message: `Unsupported value: ${JSON.stringify(value ?? '')}: supported values: ${list}`,
  };
}
