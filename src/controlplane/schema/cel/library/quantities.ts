/** Kubernetes' quantities. */
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../../../../kube/index.ts';
import type { Library } from './library.ts';

const NANOS = 10n ** 9n;

class Amount {
  readonly quantity: Quantity;

  constructor(quantity: Quantity = { nanos: 0n, format: 'DecimalSI' }) {
    this.quantity = quantity;
  }
}

export const QUANTITIES: Library = {
  types: { 'kubernetes.Quantity': Amount as never },
  functions: {
    'quantity(string): kubernetes.Quantity': (text: string) => new Amount(parseQuantity(text)),
    'isQuantity(string): bool': (text: string) => isQuantity(text),
    'kubernetes.Quantity.isInteger(): bool': ({ quantity }: Amount) => quantity.nanos % NANOS === 0n,
    'kubernetes.Quantity.asInteger(): int': ({ quantity }: Amount) => {
      if (quantity.nanos % NANOS !== 0n) throw new Error('cannot convert value to integer');
      return quantity.nanos / NANOS;
    },
    'kubernetes.Quantity.asApproximateFloat(): double': ({ quantity }: Amount) => Number(quantity.nanos) / 1e9,
    'kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity': (a: Amount, b: Amount) => sum(a, b.quantity),
    'kubernetes.Quantity.add(int): kubernetes.Quantity': (a: Amount, b: bigint) => sum(a, whole(b)),
    'kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity': (a: Amount, b: Amount) =>
      sum(a, negative(b.quantity)),
    'kubernetes.Quantity.sub(int): kubernetes.Quantity': (a: Amount, b: bigint) => sum(a, whole(-b)),
    'kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool': (a: Amount, b: Amount) => compare(a, b) < 0,
    'kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool': (a: Amount, b: Amount) => compare(a, b) > 0,
    'kubernetes.Quantity.compareTo(kubernetes.Quantity): int': (a: Amount, b: Amount) => BigInt(compare(a, b)),
  },
  equal: { 'kubernetes.Quantity': (a: Amount, b: Amount) => compare(a, b) === 0 },
};

function compare(a: Amount, b: Amount): number {
  return compareQuantities(a.quantity, b.quantity);
}

function sum(a: Amount, b: Quantity): Amount {
  return new Amount(addQuantities(a.quantity, b));
}

function whole(amount: bigint): Quantity {
  return { nanos: amount * NANOS, format: 'DecimalSI' };
}

function negative({ nanos, format }: Quantity): Quantity {
  return { nanos: -nanos, format };
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}
