/** Is the schema of a CustomResourceDefinition one that an API server accepts: structural, and true to itself? */
import type { FieldError, Json } from '../../registry/definition.ts';
import { defaultFaults } from './check-default.ts';
import { listTypeFaults } from './check-list.ts';
import { forbidden, invalid, required, unsupported } from './fault.ts';
import { compilePattern } from './pattern.ts';
import { isObject } from './structural-schema.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const UNSUPPORTED = ['$ref', 'additionalItems', 'definitions', 'dependencies', 'id', 'patternProperties'];
/** What only the schema itself may say, not the alternatives it gives for values; `false` is the same as not to say it. */
const STRUCTURE = {
  type: 'must be empty',
  description: 'must be empty',
  title: 'must be empty',
  format: undefined,
  default: 'must be undefined',
  additionalProperties: 'must be undefined',
  nullable: 'must be false',
  'x-kubernetes-preserve-unknown-fields': 'must be false',
  'x-kubernetes-embedded-resource': 'must be false',
  'x-kubernetes-int-or-string': 'must be false',
  'x-kubernetes-list-type': 'must be undefined',
  'x-kubernetes-list-map-keys': 'must be empty',
  'x-kubernetes-map-type': 'must be undefined',
  'x-kubernetes-validations': 'must be empty',
} as const;
const COMBINATIONS = ['allOf', 'anyOf', 'oneOf'] as const;

/**
 * @param schema `openAPIV3Schema` as decoded
 * @param path where it stands, `spec.validation.openAPIV3Schema`
 */
export function schemaFaults(schema: Json, path: string, options: { status?: boolean } = {}): FieldError[] {
  const faults: FieldError[] = [];
  if (options.status && schema.type !== undefined && schema.type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    faults.push(invalid(`${path}.type`, schema.type, detail));
  }
  if (schema.type === undefined) faults.push(required(`${path}.type`, 'must not be empty at the root'));
  else if (schema.type !== 'object') faults.push(invalid(`${path}.type`, schema.type, 'must be object at the root'));
  faults.push(...commonFieldFaults(schema, path), ...faultsAt(schema, path));
  return faults.length > 0 ? faults : defaultFaults(schema, path);
}

/** `metadata` may be narrowed by name only; kind and version are strings. */
function commonFieldFaults({ properties = {} }: Json, path: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const name of ['apiVersion', 'kind']) {
    const type = properties[name]?.type;
    if (type !== undefined && type !== 'string') {
      faults.push(invalid(`${path}.properties[${name}].type`, type, 'must be string'));
    }
  }
  const { metadata } = properties;
  const narrowed = Object.keys(metadata?.properties ?? {}).some((name) => name !== 'name' && name !== 'generateName');
  if (metadata && (narrowed || metadata.required || metadata.additionalProperties)) {
    const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    faults.push(forbidden(`${path}.properties[metadata]`, detail));
  }
  return faults;
}

function faultsAt(schema: Json, path: string): FieldError[] {
  return [
    ...wordFaults(schema, path),
    ...extensionFaults(schema, path),
    ...listTypeFaults(schema, path),
    ...innerFaults(schema, path),
    ...COMBINATIONS.flatMap((word) =>
      (schema[word] ?? []).flatMap((each: Json, i: number) => valueFaults(each, `${path}.${word}[${i}]`, schema, word)),
    ),
    ...(schema.not ? valueFaults(schema.not, `${path}.not`, schema, 'not') : []),
  ];
}

/** Words of JSON Schema that are not taken, or not with these values. */
function wordFaults(schema: Json, path: string): FieldError[] {
  const faults: FieldError[] = [];
  if (schema.type !== undefined && !TYPES.includes(schema.type)) {
    faults.push(unsupported(`${path}.type`, schema.type, TYPES));
    if (schema.type === 'null') {
      faults.push(forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
    }
  }
  for (const word of UNSUPPORTED) {
    if (schema[word] !== undefined) faults.push(forbidden(`${path}.${word}`, `${word} is not supported`));
  }
  if (schema.uniqueItems) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    faults.push(forbidden(`${path}.uniqueItems`, detail));
  }
  if (schema.additionalProperties && schema.properties) {
    faults.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
  if (schema.pattern !== undefined && !compilePattern(schema.pattern)) {
    const detail = `must be a valid regular expression, but isn't: ${patternFault(schema.pattern)}`;
    faults.push(invalid(`${path}.pattern`, schema.pattern, detail));
  }
  return faults;
}

function patternFault(pattern: string): string {
  if (/\[[^\]]*$/.test(pattern))
    return `error parsing regexp: missing closing ]: \`${pattern.slice(pattern.lastIndexOf('['))}\``;
  return `error parsing regexp: \`${pattern}\``;
}

function extensionFaults(schema: Json, path: string): FieldError[] {
  const keeps = schema['x-kubernetes-preserve-unknown-fields'];
  const faults: FieldError[] = [];
  if (keeps === false) {
    faults.push(invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
  if (!schema['x-kubernetes-embedded-resource']) return faults;
  if (!keeps && !schema.properties) {
    const when = 'x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    faults.push(required(`${path}.properties`, `must not be empty if ${when}`));
  }
  if (schema.type !== 'object') {
    faults.push(invalid(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-embedded-resource is true'));
  }
  return faults;
}

function innerFaults(schema: Json, path: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [name, each] of Object.entries<Json>(schema.properties ?? {})) {
    faults.push(...typedFaults(each, `${path}.properties[${name}]`, 'object fields'));
  }
  if (isObject(schema.additionalProperties)) {
    faults.push(...typedFaults(schema.additionalProperties, `${path}.additionalProperties`, 'object fields'));
  }
  if (Array.isArray(schema.items)) {
    faults.push(forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  } else if (schema.items) faults.push(...typedFaults(schema.items, `${path}.items`, 'array items'));
  else if (schema.type === 'array') faults.push(required(`${path}.items`, 'must be specified'));
  return faults;
}

/** Every field, value and element has a type, unless it is open. A reference is refused as such, not for its type. */
function typedFaults(schema: Json, path: string, what: string): FieldError[] {
  const open = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  const untyped = schema.type === undefined && !open && schema.$ref === undefined;
  return [
    ...(untyped ? [required(`${path}.type`, `must not be empty for specified ${what}`)] : []),
    ...faultsAt(schema, path),
  ];
}

/** Inside alternatives only values are judged; structure belongs outside. */
function valueFaults(schema: Json, path: string, outer: Json, word: string): FieldError[] {
  if (isIntOrString(schema, outer, word)) return [];
  const faults: FieldError[] = [];
  for (const [name, rule] of Object.entries(STRUCTURE)) {
    const value = schema[name];
    if (rule && value !== undefined && value !== false)
      faults.push(forbidden(`${path}.${name}`, `${rule} to be structural`));
  }
  for (const inner of COMBINATIONS) {
    for (const [i, each] of (schema[inner] ?? []).entries()) {
      faults.push(...valueFaults(each, `${path}.${inner}[${i}]`, outer, inner));
    }
  }
  if (schema.not) faults.push(...valueFaults(schema.not, `${path}.not`, outer, 'not'));
  if (isObject(schema.items)) faults.push(...valueFaults(schema.items, `${path}.items`, {}, ''));
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    faults.push(...valueFaults(each, `${path}.properties[${name}]`, {}, ''));
  }
  return faults;
}

/** `anyOf: [{type: integer}, {type: string}]` is how an int-or-string says what it is. */
function isIntOrString(schema: Json, outer: Json, word: string): boolean {
  if (!outer['x-kubernetes-int-or-string'] || word !== 'anyOf') return false;
  const lists = [outer.anyOf, ...(outer.allOf ?? []).map((each: Json) => each.anyOf)];
  const pair = lists.find((list) => list?.includes(schema));
  return pair?.length === 2 && pair[0].type === 'integer' && pair[1].type === 'string';
}
