/** Kubernetes' quantities (`500m`, `1.5Gi`, `2e3`): exact arithmetic, and the canonical form an API server answers with. */
import { failure } from './status.ts';

/** The family of suffixes in which a quantity is written and printed. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount. Nothing smaller than a nano exists: finer fractions are rounded away from zero when parsed. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: QuantityFormat;
}

const NANOS = 10n ** 9n;
const NANOS_PER_MILLI = 10n ** 6n;
/** The largest 64-bit integer: as upstream, amounts that come with a binary suffix are capped there. */
const CAP = (2n ** 63n - 1n) * NANOS;
const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const DECIMAL_SUFFIX = new Map([...DECIMAL].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

const FORM = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?([eE][+-]?\d+|[eEinumkKMGTP]*)$/;
const MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** Numbers are read as their decimal text. Throws BadRequest in Kubernetes' wording when the text is no quantity. */
export function parseQuantity(text: string | number): Quantity {
  const match = FORM.exec(String(text));
  if (!match) throw failure('BadRequest', MALFORMED);
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const unit = unitOf(suffix);
  const size = scale(BigInt(whole + fraction) * unit.factor, unit.exponent - fraction.length + 9);
  const format = unit.format === 'BinarySI' && size < NANOS ? 'DecimalSI' : unit.format;
  const capped = unit.format === 'BinarySI' && size > CAP ? CAP : size;
  return { nanos: sign === '-' ? -capped : capped, format };
}

/** The amount in thousandths, rounded away from zero: CPU. Beyond 2^53 the answer is the nearest double. */
export function milli(quantity: string | number | Quantity): number {
  return Number(divideAwayFromZero(quantityOf(quantity).nanos, NANOS_PER_MILLI));
}

/** The amount in whole units, rounded away from zero: bytes, Pods, devices. Beyond 2^53 the answer is the nearest double. */
export function value(quantity: string | number | Quantity): number {
  return Number(divideAwayFromZero(quantityOf(quantity).nanos, NANOS));
}

/** The amount in bytes, rounded away from zero. */
export const bytes = value;

/** The quantity of so many thousandths. */
export function quantityOfMilli(amount: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(Math.ceil(amount)) * NANOS_PER_MILLI, format };
}

/** The quantity of so many whole units. */
export function quantityOfValue(amount: number, format: QuantityFormat = 'DecimalSI'): Quantity {
  return { nanos: BigInt(Math.ceil(amount)) * NANOS, format };
}

/** Exact sum; the format is the first one's, unless the first is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nanos: a.nanos + b.nanos, format: a.nanos === 0n ? b.format : a.format };
}

/** Negative, zero or positive, for sorting. */
export function compareQuantities(a: string | number | Quantity, b: string | number | Quantity): number {
  const difference = quantityOf(a).nanos - quantityOf(b).nanos;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The one spelling with the largest suffix that leaves an integer: `0.5` is `500m`, `1024Ki` is `1Mi`. */
export function formatQuantity(quantity: Quantity): string {
  const { nanos, format } = quantity;
  if (nanos === 0n) return '0';
  return (format === 'BinarySI' && binary(nanos)) || decimal(nanos, format);
}

function quantityOf(quantity: string | number | Quantity): Quantity {
  return typeof quantity === 'object' ? quantity : parseQuantity(quantity);
}

function unitOf(suffix: string): { factor: bigint; exponent: number; format: QuantityFormat } {
  const binaryPower = BINARY.indexOf(suffix, 1);
  if (binaryPower > 0) return { factor: 1024n ** BigInt(binaryPower), exponent: 0, format: 'BinarySI' };
  const exponent = DECIMAL.get(suffix);
  if (exponent !== undefined) return { factor: 1n, exponent, format: 'DecimalSI' };
  if (!/^[eE][+-]?\d+$/.test(suffix)) throw failure('BadRequest', "unable to parse quantity's suffix");
  return { factor: 1n, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
}

/** `digits` times ten to the `power`, rounded away from zero; powers that no amount survives are cut short. */
function scale(digits: bigint, power: number): bigint {
  if (digits === 0n) return 0n;
  if (power >= 0) return digits * 10n ** BigInt(Math.min(power, 40));
  return divideAwayFromZero(digits, 10n ** BigInt(Math.min(-power, 2000)));
}

function divideAwayFromZero(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  if (a % b === 0n) return quotient;
  return a > 0n ? quotient + 1n : quotient - 1n;
}

/** Empty where the amount is small or broken, so that no precision is lost: such amounts print as decimals. */
function binary(nanos: bigint): string {
  let amount = nanos / NANOS;
  if (nanos % NANOS !== 0n || (amount > -1024n && amount < 1024n)) return '';
  let power = 0;
  while (amount % 1024n === 0n && power < BINARY.length - 1) {
    amount /= 1024n;
    power++;
  }
  return `${amount}${BINARY[power]}`;
}

function decimal(nanos: bigint, format: QuantityFormat): string {
  let amount = nanos;
  let exponent = -9;
  while (amount % 1000n === 0n && exponent < 18) {
    amount /= 1000n;
    exponent += 3;
  }
  if (format !== 'DecimalExponent') return `${amount}${DECIMAL_SUFFIX.get(exponent)}`;
  return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
}
