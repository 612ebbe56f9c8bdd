/** OpenAPI v3 documents of an API server, one a group and version, as pure functions of what it serves. */
import { createHash } from 'node:crypto';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { descriptionsDigest } from '../descriptions.ts';
import { factsVersion, typeOf } from '../facts.ts';
import { customSchemaName, customSchemas } from './custom-schema.ts';
import { collectSchemas, documentName, type JsonSchema } from './json-schema.ts';
import { resourcePaths } from './paths.ts';

/** The schema of a custom resource as its CustomResourceDefinition gives it (`openAPIV3Schema`). */
export type CustomSchemaOf = (definition: ResourceDefinition) => JsonSchema | undefined;

export interface OpenApiIndex {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

const NONE: CustomSchemaOf = () => undefined;

/** The answer to `/openapi/v3`: where the document of each group and version lies; the hash changes when it does. */
export function openApiIndex(definitions: Iterable<ResourceDefinition>, customSchemaOf = NONE): OpenApiIndex {
  const paths: Record<string, { serverRelativeURL: string }> = {};
  for (const [path, members] of [...byGroupVersion(definitions)].sort(([a], [b]) => (a < b ? -1 : 1))) {
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(members, customSchemaOf)}` };
  }
  return { paths };
}

/** The answer to `/openapi/v3/<path>`, e.g. `apis/apps/v1`; undefined where nothing is served under it. */
export function openApiDocument(
  definitions: Iterable<ResourceDefinition>,
  path: string,
  customSchemaOf = NONE,
): JsonSchema | undefined {
  const members = byGroupVersion(definitions).get(path);
  if (!members) return undefined;
  const entries = members.flatMap((d) => Object.entries(resourcePaths(d, schemaName(d))));
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: factsVersion() },
    paths: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
    components: { schemas: schemasOf(members, customSchemaOf) },
  };
}

function byGroupVersion(definitions: Iterable<ResourceDefinition>): Map<string, ResourceDefinition[]> {
  const groups = new Map<string, ResourceDefinition[]>();
  for (const definition of definitions) {
    const { group, version } = definition;
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    groups.set(path, [...(groups.get(path) ?? []), definition]);
  }
  return groups;
}

function hashOf(members: readonly ResourceDefinition[], customSchemaOf: CustomSchemaOf): string {
  const hash = createHash('sha256').update(factsVersion()).update(descriptionsDigest());
  for (const d of members) {
    const { plural, kind, namespaced, verbs, status } = d;
    hash.update(JSON.stringify([plural, kind, namespaced, verbs, status, Boolean(d.scale), customSchemaOf(d)]));
  }
  return hash.digest('hex').toUpperCase();
}

function schemaName(definition: ResourceDefinition): string {
  const type = typeOf(definition.group, definition.version, definition.kind);
  return type ? documentName(type) : customSchemaName(definition);
}

/** Everything that the members' paths and types refer to. */
function schemasOf(members: readonly ResourceDefinition[], customSchemaOf: CustomSchemaOf): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {};
  for (const type of ['meta.v1.DeleteOptions', 'meta.v1.Status', 'Patch']) collectSchemas(type, schemas);
  for (const definition of members) {
    const { group, version, kind } = definition;
    const type = typeOf(group, version, kind);
    if (!type) Object.assign(schemas, customSchemas(definition, customSchemaOf(definition)));
    for (const each of [
      type ?? 'meta.v1.ObjectMeta',
      type ? typeOf(group, version, `${kind}List`) : 'meta.v1.ListMeta',
    ]) {
      if (each) collectSchemas(each, schemas);
    }
    if (definition.scale) collectSchemas('autoscaling.v1.Scale', schemas);
  }
  return schemas;
}
