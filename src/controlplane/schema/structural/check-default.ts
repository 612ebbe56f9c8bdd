/** A default must itself be a good value, and must not hold what would be pruned. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldError, Json } from '../../registry/definition.ts';
import { invalid } from './fault.ts';
import { fillDefaults } from './fill.ts';
import { pruneValue } from './prune.ts';
import { isObject } from './structural-schema.ts';
import { validateValue } from './validate.ts';

export function defaultFaults(schema: Json, path: string): FieldError[] {
  const own = schema.default === undefined || schema.default === null ? [] : faultsOf(schema, `${path}.default`);
  const inner = Object.entries<Json>(schema.properties ?? {}).flatMap(([name, each]) =>
    defaultFaults(each, `${path}.properties[${name}]`),
  );
  const rest = isObject(schema.additionalProperties)
    ? defaultFaults(schema.additionalProperties, `${path}.additionalProperties`)
    : [];
  const items = isObject(schema.items) ? defaultFaults(schema.items, `${path}.items`) : [];
  return [...own, ...inner, ...rest, ...items];
}

function faultsOf(schema: Json, path: string): FieldError[] {
  const value = structuredClone(schema.default);
  pruneValue(schema, value);
  if (!isDeepStrictEqual(value, schema.default)) return [invalid(path, schema.default, 'must not have unknown fields')];
  fillDefaults(schema, value);
  return validateValue(schema, value, '').map((fault) => {
    const inside = fault.field !== '' && fault.field !== '<nil>';
    return { ...fault, field: inside ? `${path}.${fault.field}` : path };
  });
}
