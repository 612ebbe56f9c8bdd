/** Quantities as fields: well-formed, not negative, comparable. */
import type { FieldError } from '../definition.ts';
import { invalid } from './field-error.ts';

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?\d+))?$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** The amount in billionths, rounded up; undefined when the text is not a quantity. */
export function nanos(quantity: string | number): bigint | undefined {
  const match = PATTERN.exec(String(quantity));
  if (!match || !(match[2] || match[3])) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const binary = BINARY.indexOf(suffix) + 1;
  const power = 9 - fraction.length + (exponent ? Number(exponent) : (DECIMAL[suffix] ?? 0));
  const scaled = digits * 1024n ** BigInt(binary);
  const amount = power >= 0 ? scaled * 10n ** BigInt(power) : divideUp(scaled, 10n ** BigInt(-power));
  return sign === '-' ? -amount : amount;
}

export function compareQuantities(a: string | number, b: string | number): number {
  const difference = (nanos(a) ?? 0n) - (nanos(b) ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function isZero(quantity: string | number): boolean {
  return nanos(quantity) === 0n;
}

/** Faults of a quantity that may not be negative. */
export function validateQuantity(quantity: string | number, field: string): FieldError[] {
  const amount = nanos(quantity);
  if (amount === undefined) return [invalid(field, quantity, MALFORMED)];
  return amount < 0n ? [invalid(field, String(quantity), 'must be greater than or equal to 0')] : [];
}

export function isWhole(quantity: string | number): boolean {
  return (nanos(quantity) ?? 0n) % 1_000_000_000n === 0n;
}

function divideUp(amount: bigint, divisor: bigint): bigint {
  return (amount + divisor - 1n) / divisor;
}
