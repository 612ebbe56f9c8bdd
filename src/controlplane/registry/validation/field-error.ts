/** Invalid fields in the words of an API server: `field` says where, `message` is Kubernetes' error body, `reason` its cause type. */
import type { FieldError, Json } from '../definition.ts';

export function required(field: string, detail = ''): FieldError {
  return plain('FieldValueRequired', field, 'Required value', detail);
}

export function forbidden(field: string, detail: string): FieldError {
  return plain('FieldValueForbidden', field, 'Forbidden', detail);
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return plain('FieldValueInvalid', field, `Invalid value: ${shown(value)}`, detail);
}

export function duplicate(field: string, value: unknown): FieldError {
  return plain('FieldValueDuplicate', field, `Duplicate value: ${shown(value)}`);
}

export function notFound(field: string, value: unknown): FieldError {
  return plain('FieldValueNotFound', field, `Not found: ${shown(value)}`);
}

/** `supported` in the order in which the API server lists them. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map((v) => JSON.stringify(v));
  const detail = values.length > 0 ? `supported values: ${values.join(', ')}` : '';
  return plain('FieldValueNotSupported', field, `Unsupported value: ${shown(value)}`, detail);
}

export function tooLong(field: string, maxBytes: number): FieldError {
  return plain('FieldValueTooLong', field, 'Too long', `may not be more than ${maxBytes} bytes`);
}

export function tooMany(field: string, actual: number, max: number): FieldError {
  const items = max === 1 ? 'item' : 'items';
  return plain('FieldValueTooMany', field, `Too many: ${actual}`, `must have at most ${max} ${items}`);
}

/** The invalid fields as the tail of `Pod "x" is invalid: …`: one as it is, several in brackets, repetitions dropped. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
  const lines = [...new Set(errors.map((e) => `${e.field}: ${e.message}`))];
  return lines.length === 1 ? lines[0]! : `[${lines.join(', ')}]`;
}

export const NOT_AN_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** `required` when nothing is there, `notSupported` when something else than the supported values is. */
export function oneOf(field: string, value: Json, supported: readonly string[], detail = ''): FieldError[] {
  if (value === undefined || value === null || value === '') return [required(field, detail)];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

/** As {@link oneOf}, but the field may be left out. */
export function optionalOneOf(field: string, value: Json, supported: readonly string[]): FieldError[] {
  return value === undefined || value === null || supported.includes(value)
    ? []
    : [notSupported(field, value, supported)];
}

/** Each fault of a value as `invalid`. */
export function invalids(field: string, value: unknown, faults: readonly string[]): FieldError[] {
  return faults.map((fault) => invalid(field, value, fault));
}

function plain(reason: string, field: string, type: string, detail = ''): FieldError {
  return { reason, field, message: detail === '' ? type : `${type}: ${detail}` };
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  return typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
}
