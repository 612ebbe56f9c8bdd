/** Bodies nested so deep that walking them would exhaust the stack. */

/** Deeper than any real object; Go allows 10,000, JavaScript's own functions break between 1,000 and 2,000. */
const MAX_DEPTH = 500;

/** Is `value`, as parsed from JSON or YAML, nested deeper than a server should follow? Needs no stack itself. */
export function isTooDeep(value: unknown, most = MAX_DEPTH): boolean {
  let level: object[] = typeof value === 'object' && value !== null ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap(objectsIn);
  }
  return false;
}

function objectsIn(value: object): object[] {
  const values: unknown[] = Array.isArray(value) ? value : Object.values(value);
  return values.filter((each): each is object => typeof each === 'object' && each !== null);
}
