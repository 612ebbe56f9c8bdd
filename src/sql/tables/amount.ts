/** Kubernetes' quantities as numbers of a column; what is no quantity is NULL and never an error of a query. */
import { parseQuantity } from '../../kube/index.ts';

const NANOS = 10n ** 9n;
const BIGGEST = 2n ** 63n - 1n;

type Text = string | number | undefined;

/** Cores, exact to the nano. */
export function coresOf(text: Text): number | null {
  const nanos = nanosOf(text);
  return nanos === null ? null : Number(nanos) / 1e9;
}

/** Whole units, rounded up; amounts past 64 bits are NULL. */
export function unitsOf(text: Text): bigint | null {
  const nanos = nanosOf(text);
  if (nanos === null) return null;
  const units = nanos > 0n ? (nanos + NANOS - 1n) / NANOS : nanos / NANOS;
  return units > BIGGEST || units < -BIGGEST ? null : units;
}

/** Plain decimals and the commonest suffixes take the short way: a cluster has millions of amounts and few spellings. */
const known = new Map<string, bigint | null>();
const MOST_KNOWN = 10_000;

function nanosOf(text: Text): bigint | null {
  if (text === undefined) return null;
  const spelling = String(text);
  const before = known.get(spelling);
  if (before !== undefined) return before;
  const nanos = parsed(spelling);
  if (known.size < MOST_KNOWN) known.set(spelling, nanos);
  return nanos;
}

function parsed(text: string): bigint | null {
  try {
    return parseQuantity(text).nanos;
  } catch {
    return null;
  }
}
