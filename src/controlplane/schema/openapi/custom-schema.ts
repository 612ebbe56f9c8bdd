/** Custom resources in OpenAPI documents: their own schema, with the fields that every object has filled in. */
import type { ResourceDefinition } from '../../registry/definition.ts';
import { EVERY_KIND } from '../descriptions.ts';
import { documentName, type JsonSchema, refTo } from './json-schema.ts';

/** `com.example.stable.v1.CronTab`. */
export function customSchemaName({ group, version, kind }: ResourceDefinition): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** The kind and its list. Without a schema of its own the kind may hold anything. */
export function customSchemas(
  definition: ResourceDefinition,
  schema: JsonSchema | undefined,
): Record<string, JsonSchema> {
  const { group, version, kind } = definition;
  const name = customSchemaName(definition);
  const gvk = (of: string) => ({ 'x-kubernetes-group-version-kind': [{ group, version, kind: of }] });
  const object = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    [name]: {
      ...object,
      properties: { ...(object.properties as object | undefined), ...common('ObjectMeta') },
      ...gvk(kind),
    },
    [`${name}List`]: {
      type: 'object',
      description: `A list of ${kind}.`,
      required: ['items'],
      properties: {
        ...common('ListMeta'),
        items: { description: EVERY_KIND.items, type: 'array', items: refTo(name) },
      },
      ...gvk(`${kind}List`),
    },
  };
}

function common(meta: string): JsonSchema {
  return {
    apiVersion: { description: EVERY_KIND.apiVersion, type: 'string' },
    kind: { description: EVERY_KIND.kind, type: 'string' },
    metadata: { description: EVERY_KIND.metadata, allOf: [refTo(documentName(`meta.v1.${meta}`))] },
  };
}
