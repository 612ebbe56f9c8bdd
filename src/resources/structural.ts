/** From a zod schema to the structural OpenAPI v3 schema that a CustomResourceDefinition carries. */
import { z } from 'zod';
import { openapiOf } from './field.ts';

export type OpenApiSchema = Record<string, unknown>;

/** Defaults, descriptions, bounds, list types and CEL rules come with it. */
export function structuralSchema(schema: z.ZodType): OpenApiSchema {
  const { $schema: _, ...whole } = z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => finish(jsonSchema as OpenApiSchema, zodSchema as unknown as z.ZodType),
  });
  return whole as OpenApiSchema;
}

/** Runs for each schema after its members: what structural schemas forbid goes, what only they know comes. */
function finish(json: OpenApiSchema, schema: z.ZodType): void {
  const extra = openapiOf(schema);
  delete json.openapi;
  delete json.propertyNames;
  if (json.additionalProperties === false || json.properties) delete json.additionalProperties;
  if (extra['x-kubernetes-int-or-string']) delete json.anyOf;
  if (extra['x-kubernetes-preserve-unknown-fields']) delete json.additionalProperties;
  const free = !extra['x-kubernetes-int-or-string'] && Object.keys(json).every((key) => key === 'description');
  if (free) json['x-kubernetes-preserve-unknown-fields'] = true;
  withoutEdges(json);
  Object.assign(json, extra);
  if (extra['x-kubernetes-preserve-unknown-fields'] && !extra['x-kubernetes-int-or-string']) json.type ??= 'object';
}

/** The ends of what a double or an int32 can hold are no bounds that people have set. */
function withoutEdges(json: OpenApiSchema): void {
  if (json.type !== 'integer') return;
  const wide = json.maximum === Number.MAX_SAFE_INTEGER;
  json.format = wide ? 'int64' : 'int32';
  if (wide || json.maximum === 2 ** 31 - 1) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER || json.minimum === -(2 ** 31)) delete json.minimum;
}
