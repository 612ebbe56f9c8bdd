/** JSON Merge Patch (RFC 7386): null removes, objects merge, all else replaces. */
import { cloneJson, isJsonObject, type Json, type JsonObject, jsonEqual, own, put } from './json.ts';
import { badPatch } from './patch-error.ts';

/**
 * The document with the patch merged in; neither is changed, but unchanged parts are shared. Throws BadRequest when
 * the patch is no object. As upstream, nulls inside lists' objects are dropped as well.
 */
export function applyMergePatch<T>(document: T, patch: unknown): T {
  if (!isJsonObject(patch)) throw badPatch('Invalid JSON Patch');
  return merge(document as Json, patch) as T;
}

/** The smallest patch that makes `to` of `from`. Nulls in `to` cannot be expressed: they come out as absent. */
export function createMergePatch(from: object, to: object): JsonObject {
  return difference(from as JsonObject, to as JsonObject);
}

function merge(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return Array.isArray(patch) ? withoutNulls(patch) : patch;
  if (!isJsonObject(target)) return withoutNulls(patch);
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else put(merged, key, merge(own(target, key), value));
  }
  return merged;
}

function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept: JsonObject = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) put(kept, key, withoutNulls(item));
  return kept;
}

function difference(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const key of Object.keys(from)) if (own(to, key) === undefined) put(patch, key, null);
  for (const [key, after] of Object.entries(to)) {
    const before = own(from, key);
    if (after === undefined || jsonEqual(before, after)) continue;
    put(patch, key, isJsonObject(before) && isJsonObject(after) ? difference(before, after) : cloneJson(after));
  }
  return patch;
}
