/** Quantities as fields: well-formed and not negative. */
import { isStatus, parseQuantity, type Quantity } from '../../../kube/index.ts';
import type { FieldError } from '../definition.ts';
import { invalid } from './field-error.ts';

const NANOS = 10n ** 9n;

export function validateQuantity(quantity: string | number, field: string): FieldError[] {
  const amount = parsed(quantity);
  if (typeof amount === 'string') return [invalid(field, quantity, amount)];
  return amount.nanos < 0n ? [invalid(field, String(quantity), 'must be greater than or equal to 0')] : [];
}

/** False also for what is no quantity at all. */
export function isZero(quantity: string | number): boolean {
  const amount = parsed(quantity);
  return typeof amount !== 'string' && amount.nanos === 0n;
}

export function isWhole(quantity: string | number): boolean {
  const amount = parsed(quantity);
  return typeof amount !== 'string' && amount.nanos % NANOS === 0n;
}

/** The quantity, or what is wrong with its text. */
function parsed(quantity: string | number): Quantity | string {
  try {
    return parseQuantity(quantity);
  } catch (error) {
    if (isStatus(error, 'BadRequest')) return error.message;
    throw error;
  }
}
