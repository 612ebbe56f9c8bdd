/** One spelling for equal JSON, whatever the order of keys: for comparing and hashing. */

/** Keys sorted; absent, undefined and null members and empty lists are the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (isPlain(member) ? tidy(member) : member)) ?? 'null';
}

export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tidy(value: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.keys(value)
    .filter((key) => value[key] != null && !(Array.isArray(value[key]) && value[key].length === 0))
    .sort();
  return Object.fromEntries(kept.map((key) => [key, value[key]]));
}

/** Like {@link sameJson}, but zero, false, empty texts and empty objects count as absent: a server may leave them out. */
export function sameStatus(a: unknown, b: unknown): boolean {
  return sameJson(withoutZeros(a), withoutZeros(b));
}

function withoutZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeros);
  if (!isPlain(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [key, withoutZeros(member)] as const);
  return Object.fromEntries(members.filter(([, member]) => !isZero(member)));
}

function isZero(value: unknown): boolean {
  return !value || (isPlain(value) && Object.keys(value).length === 0) || (Array.isArray(value) && value.length === 0);
}
