/** Numbers, and numbers that may be percentages, as fields. */
import type { FieldError, Json } from '../definition.ts';
import { invalid, invalids } from './field-error.ts';
import { portName, portNumber } from './names.ts';

export function nonNegative(field: string, value: Json): FieldError[] {
  return typeof value === 'number' && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : [];
}

export function positive(field: string, value: Json): FieldError[] {
  return typeof value === 'number' && value <= 0 ? [invalid(field, value, 'must be greater than 0')] : [];
}

const PERCENT = /^[0-9]+%$/;
const PERCENT_FAULT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** `3` or `25%`, not below zero and not above all. */
export function intOrPercent(field: string, value: Json): FieldError[] {
  if (typeof value === 'number') return nonNegative(field, value);
  if (typeof value !== 'string') return [];
  if (!PERCENT.test(value)) return [invalid(field, value, PERCENT_FAULT)];
  return percentOf(value)! > 100 ? [invalid(field, value, 'must not be greater than 100%')] : [];
}

/** As {@link intOrPercent}, without the upper bound. */
export function unboundedIntOrPercent(field: string, value: Json): FieldError[] {
  const valid = typeof value === 'string' && PERCENT.test(value);
  return valid ? [] : intOrPercent(field, value);
}

export function isZeroAmount(value: Json): boolean {
  return value === 0 || percentOf(value) === 0;
}

function percentOf(value: Json): number | undefined {
  return typeof value === 'string' && PERCENT.test(value) ? Number(value.slice(0, -1)) : undefined;
}

/** A port by number or by name. */
export function portNumberOrName(field: string, port: Json): FieldError[] {
  if (typeof port === 'string') return invalids(field, port, portName(port));
  return invalids(field, port ?? 0, portNumber(port));
}
