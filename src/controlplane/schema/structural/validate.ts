/** Checks a custom resource against its schema, in the order and words of kube-apiserver. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../registry/definition.ts';
import { correlatedItem } from './correlate.ts';
import { invalid, required, tooLong, tooMany, typeInvalid, unfit, unsupported } from './fault.ts';
import { hasFormat } from './format.ts';
import { listFaults } from './list-type.ts';
import { compilePattern } from './pattern.ts';
import { below, isObject, propertyOf, type StructuralSchema } from './structural-schema.ts';

/**
 * The faults of `value` at `path`.
 * @param old the stored value: parts that have not changed since are not judged again, so that a schema may become
 * stricter than what it finds
 */
export function validateValue(schema: StructuralSchema, value: unknown, path: string, old?: unknown): FieldError[] {
  if (old !== undefined && isDeepStrictEqual(value, old)) return [];
  if (value === null && schema.nullable) return [];
  const wrongType = typeFault(schema, value, path);
  if (wrongType) return [wrongType];
  return [...ownFaults(schema, value, path, old), ...enumFaults(schema, value, path), ...combined(schema, value, path)];
}

function ownFaults(schema: StructuralSchema, value: unknown, path: string, old: unknown): FieldError[] {
  if (typeof value === 'string') return stringFaults(schema, value, path);
  if (typeof value === 'number') return numberFaults(schema, value, path);
  if (Array.isArray(value)) return arrayFaults(schema, value, path, old);
  return isObject(value) ? objectFaults(schema, value, path, old) : [];
}

function typeFault(schema: StructuralSchema, value: unknown, path: string): FieldError | undefined {
  const actual = typeName(value);
  if (schema['x-kubernetes-int-or-string']) {
    return actual === 'integer' || actual === 'string' ? undefined : typeInvalid(path, actual, 'integer,string');
  }
  const { type } = schema;
  if (type === undefined || type === actual || (type === 'number' && actual === 'integer')) return undefined;
  return typeInvalid(path, actual, type);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Of the limits of a string only the first that fails is told. */
function stringFaults(schema: StructuralSchema, text: string, path: string): FieldError[] {
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  const length = [...text].length;
  const where = `${path} in body`;
  if (length > maxLength) return [tooLong(path, maxLength)];
  if (length < minLength) return [invalid(path, text, `${where} should be at least ${minLength} chars long`)];
  if (pattern !== undefined && compilePattern(pattern)?.test(text) === false) {
    return [invalid(path, text, `${where} should match '${pattern}'`)];
  }
  if (format === undefined || hasFormat(format, text)) return [];
  return [typeInvalid(path, text, format)];
}

function numberFaults(schema: StructuralSchema, value: number, path: string): FieldError[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const where = `${path} in body should be`;
  const faults: FieldError[] = [];
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    faults.push(invalid(path, value, `${where} a multiple of ${multipleOf}`));
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    faults.push(invalid(path, value, `${where} less than ${exclusiveMaximum ? '' : 'or equal to '}${maximum}`));
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    faults.push(invalid(path, value, `${where} greater than ${exclusiveMinimum ? '' : 'or equal to '}${minimum}`));
  }
  return faults;
}

function arrayFaults(schema: StructuralSchema, list: readonly unknown[], path: string, old: unknown): FieldError[] {
  const { minItems = 0, maxItems = Infinity, items } = schema;
  const faults: FieldError[] = [];
  if (items) {
    const before = Array.isArray(old) ? old : undefined;
    for (const [i, each] of list.entries()) {
      faults.push(...validateValue(items, each, below(path, i), correlatedItem(schema, each, before)));
    }
  }
  if (list.length < minItems) {
    faults.push(invalid(path, list.length, `${path} in body should have at least ${minItems} items`));
  }
  if (list.length > maxItems) faults.push(tooMany(path, list.length, maxItems));
  return [...faults, ...listFaults(schema, list, path)];
}

function objectFaults(
  schema: StructuralSchema,
  object: Record<string, unknown>,
  path: string,
  old: unknown,
): FieldError[] {
  const { minProperties = 0, maxProperties = Infinity } = schema;
  const names = Object.keys(object);
  const faults: FieldError[] = [];
  if (names.length < minProperties) {
    faults.push(invalid(path, names.length, `${path} in body should have at least ${minProperties} properties`));
  }
  if (names.length > maxProperties) faults.push(tooMany(path, names.length, maxProperties));
  const before = isObject(old) && schema['x-kubernetes-map-type'] !== 'atomic' ? old : {};
  for (const name of names) {
    const property = propertyOf(schema, name);
    if (property) faults.push(...validateValue(property, object[name], below(path, name), before[name]));
  }
  const needed = new Set(schema.required);
  if (schema['x-kubernetes-embedded-resource']) for (const name of ['apiVersion', 'kind']) needed.add(name);
  for (const name of needed) if (!Object.hasOwn(object, name)) faults.push(required(below(path, name)));
  return faults;
}

function enumFaults(schema: StructuralSchema, value: unknown, path: string): FieldError[] {
  const { enum: values } = schema;
  return !values || values.some((each) => isDeepStrictEqual(each, value)) ? [] : [unsupported(path, value, values)];
}

function combined(schema: StructuralSchema, value: unknown, path: string): FieldError[] {
  const { allOf, anyOf, oneOf, not } = schema;
  const against = (each: StructuralSchema) => validateValue(each, value, path);
  const faults: FieldError[] = [];
  if (anyOf) {
    const tried = anyOf.map(against);
    if (tried.every((f) => f.length > 0)) {
      faults.push(unfit(path, 'must validate at least one schema (anyOf)'), ...nearest(tried));
    }
  }
  if (oneOf) faults.push(...oneOfFaults(oneOf.map(against), path));
  if (allOf) faults.push(...allOfFaults(allOf.map(against), path));
  if (not && against(not).length === 0) faults.push(unfit(path, 'must not validate the schema (not)'));
  return faults;
}

function oneOfFaults(tried: readonly FieldError[][], path: string): FieldError[] {
  const fitting = tried.filter((faults) => faults.length === 0).length;
  if (fitting === 1) return [];
  const found = fitting === 0 ? 'Found none valid' : `Found ${fitting} valid alternatives`;
  const main = unfit(path, `must validate one and only one schema (oneOf). ${found}`);
  return fitting === 0 ? [main, ...nearest(tried)] : [main];
}

function allOfFaults(tried: readonly FieldError[][], path: string): FieldError[] {
  const failing = tried.filter((faults) => faults.length > 0).length;
  if (failing === 0) return [];
  const none = failing === tried.length ? '. None validated' : '';
  return [...tried.flat(), unfit(path, `must validate all the schemas (allOf)${none}`)];
}

/** The faults of the alternative that came closest. */
function nearest(tried: readonly FieldError[][]): FieldError[] {
  return tried.reduce((best, faults) => (faults.length < best.length ? faults : best));
}
