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
