/** The ResourceDefinition of one version of a CustomResourceDefinition. */
import type { Column, Json, ResourceDefinition, ScalePaths } from '../registry/definition.ts';
import { humanDuration } from '../registry/kinds/human-duration.ts';
import { customApplySchema, fillDefaults, readCustom, type StructuralSchema, validateCustom } from '../schema/index.ts';
import { compileJsonPath } from './json-path.ts';

/** A definition that is being deleted waits for its objects to go: there must not come new ones. */
const VERBS_WHILE_GOING = ['get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection'];
const AGE = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** All served versions; the one that is stored is the first, whether it is served or not. */
export function customDefinitions(crd: Json): ResourceDefinition[] {
  const { versions } = crd.spec;
  const storage = versions.find((v: Json) => v.storage);
  return versions.filter((v: Json) => v.served).map((version: Json) => definitionOf(crd, version, storage.name));
}

/** Where the objects of a CRD are kept: `group/plural`. */
export function customCollection(crd: Json): string {
  return `${crd.spec.group}/${crd.spec.names.plural}`;
}

function definitionOf(crd: Json, version: Json, storageVersion: string): ResourceDefinition {
  const { group, scope, names } = crd.spec;
  const schema: StructuralSchema | undefined = version.schema?.openAPIV3Schema;
  const name = { group, version: version.name, kind: names.kind };
  const preserve = crd.spec.preserveUnknownFields === true;
  const { status, scale } = version.subresources ?? {};
  return {
    ...name,
    plural: names.plural,
    singular: names.singular || names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    ...(crd.metadata.deletionTimestamp && { verbs: VERBS_WHILE_GOING }),
    ...(version.deprecated && {
      deprecation: version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`,
    }),
    ...(status && { status: true }),
    ...(scale && { scale: scalePaths(scale) }),
    selectableFields: selectableFields(version.selectableFields ?? []),
    columns: columnsOf(version.additionalPrinterColumns),
    custom: {
      read: (body, options) => readCustom(preserve ? undefined : schema, name, body, { ...options, defaults: false }),
      applySchema: customApplySchema(schema),
      openApi: schema,
    },
    ...(schema && {
      strategy: {
        default: (object) => fillDefaults(schema, object),
        validate: (object) => validateCustom(schema, object),
        validateUpdate: (object, old) => validateCustom(schema, object, old),
      },
    }),
    ...(version.name !== storageVersion && convertedVersion(crd, version.name, storageVersion)),
  };
}

/** Conversion `None`: versions differ in nothing but their name. */
function convertedVersion(crd: Json, version: string, storageVersion: string): Partial<ResourceDefinition> {
  const { group } = crd.spec;
  return {
    storedAs: customCollection(crd),
    toStored: (object) => ({ ...object, apiVersion: `${group}/${storageVersion}` }),
    fromStored: (object) => ({ ...object, apiVersion: `${group}/${version}` }),
  };
}

function scalePaths({ specReplicasPath, statusReplicasPath, labelSelectorPath }: Json): ScalePaths {
  const split = (path: string) => path.replace(/^\./, '').split('.');
  return {
    specReplicas: split(specReplicasPath),
    statusReplicas: split(statusReplicasPath),
    ...(labelSelectorPath && { selector: split(labelSelectorPath) }),
  };
}

function selectableFields(fields: readonly { jsonPath: string }[]): Record<string, (object: Json) => string> {
  return Object.fromEntries(
    fields.map(({ jsonPath }) => {
      const read = compileJsonPath(jsonPath);
      return [jsonPath.replace(/^\./, ''), (object: Json) => String(read(object)[0] ?? '')];
    }),
  );
}

function columnsOf(columns: readonly Json[] | undefined): Column[] {
  const name: Column = { name: 'Name', type: 'string', format: 'name', cell: (o) => o.metadata.name };
  return [name, ...(columns?.length ? columns : [AGE]).map(columnOf)];
}

function columnOf({ name, type, format, description, priority, jsonPath }: Json): Column {
  const read = compileJsonPath(jsonPath);
  return {
    name,
    type,
    ...(format && { format }),
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    ...(priority && { priority }),
    cell: (object, now) => cellOf(read(object), type, now),
  };
}

function cellOf(values: readonly Json[], type: string, now: number): string | number | boolean | null {
  if (values.length === 0) return null;
  const value = values[0];
  if (type === 'date') return Number.isNaN(Date.parse(value)) ? '<invalid>' : humanDuration(now - Date.parse(value));
  if (type === 'integer') return Number.isInteger(Number(value)) ? Number(value) : null;
  if (type === 'number') return Number.isNaN(Number(value)) ? null : Number(value);
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
