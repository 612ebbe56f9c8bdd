/** The order of merged lists: elements that a patch names stand as it names them, the others keep their places around. */
import { isJsonObject, type Json, own } from './json.ts';

/**
 * The list with the elements that `named` names in its order, and all others in the order of `live`. One of the others
 * goes in front of a named one where the live list has it in front, otherwise behind.
 */
export function inOrder(
  list: readonly Json[],
  named: readonly Json[],
  live: readonly Json[],
  mergeKey?: string,
): Json[] {
  const [wanted, place] = [places(named, mergeKey), places(live, mergeKey)];
  const isWanted = (item: Json) => wanted.has(idOf(item, mergeKey));
  const rest = sortBy(
    list.filter((item) => !isWanted(item)),
    place,
    mergeKey,
  );
  const merged: Json[] = [];
  let next = 0;
  for (const item of sortBy(list.filter(isWanted), wanted, mergeKey)) {
    const limit = place.get(idOf(item, mergeKey));
    while (next < rest.length && isBefore(place.get(idOf(rest[next]!, mergeKey)), limit)) merged.push(rest[next++]!);
    merged.push(item);
  }
  return [...merged, ...rest.slice(next)];
}

/**
 * The live order that upstream goes by once `before` has become `after`: an element that was added counts as live where
 * it took the slot of one that was deleted.
 */
export function liveOrder(before: readonly Json[], after: readonly Json[], mergeKey?: string): Json[] {
  const [old, left] = [places(before, mergeKey), places(after, mergeKey)];
  const kept = before.filter((item) => left.has(idOf(item, mergeKey)));
  const added = after.filter((item) => !old.has(idOf(item, mergeKey)));
  return [...kept, ...added].slice(0, before.length);
}

type Places = ReadonlyMap<Json | undefined, number>;

function places(list: readonly Json[], mergeKey: string | undefined): Places {
  const map = new Map<Json | undefined, number>();
  for (const [i, item] of list.entries()) {
    const id = idOf(item, mergeKey);
    if (!map.has(id)) map.set(id, i);
  }
  return map;
}

function sortBy(list: readonly Json[], place: Places, mergeKey: string | undefined): Json[] {
  return list.toSorted((a, b) => (place.get(idOf(a, mergeKey)) ?? 0) - (place.get(idOf(b, mergeKey)) ?? 0));
}

function isBefore(place: number | undefined, limit: number | undefined): boolean {
  return place !== undefined && limit !== undefined && place < limit;
}

function idOf(item: Json, mergeKey: string | undefined): Json | undefined {
  return mergeKey && isJsonObject(item) ? own(item, mergeKey) : item;
}
