/** Defaults of custom resources, and the nulls that stand for "not given". */
import type { Json } from '../../registry/definition.ts';
import { isObject, propertyOf, type StructuralSchema } from './structural-schema.ts';

/** Removes nulls where the schema allows none, then fills in defaults, down to the last; changes `value` in place. */
export function fillDefaults(schema: StructuralSchema, value: Json): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const each of value) fillDefaults(schema.items, each);
  } else if (isObject(value)) fillObject(schema, value);
}

function fillObject(schema: StructuralSchema, value: Record<string, unknown>): void {
  for (const name of Object.keys(value)) {
    const property = propertyOf(schema, name);
    if (property && value[name] === null && !property.nullable) delete value[name];
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default !== undefined && property.default !== null && !Object.hasOwn(value, name)) {
      value[name] = structuredClone(property.default);
    }
  }
  for (const name of Object.keys(value)) {
    const property = propertyOf(schema, name);
    if (property) fillDefaults(property, value[name]);
  }
}
