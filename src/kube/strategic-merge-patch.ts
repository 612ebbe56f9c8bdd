/**
 * Strategic merge patch: like a merge patch, but lists whose schema names a merge key are merged element by element, and
 * directives in the patch say what plain JSON cannot: `$patch`, `$setElementOrder/…`, `$retainKeys` and
 * `$deleteFromPrimitiveList/…`.
 */
import { isJsonObject, type Json, type JsonObject, own, put } from './json.ts';
import { badPatch } from './patch-error.ts';
import { inOrder, liveOrder } from './patch-order.ts';

/** What strategic merge must know of an object's fields. A map answers the same for every key. */
export interface PatchSchema {
  /** Undefined where nothing is known: there objects merge and lists replace. */
  field(name: string): PatchField | undefined;
}

export interface PatchField {
  /** `merge`, `replace`, `retainKeys`, or two of them with a comma between. */
  readonly patchStrategy?: string;
  /** The key that identifies elements of a list of objects. */
  readonly mergeKey?: string;
  /** The schema of the object, of a map's values or of a list's items. */
  readonly schema?: PatchSchema;
}

/** A schema that knows nothing. */
export const NO_PATCH_SCHEMA: PatchSchema = Object.freeze({ field: () => undefined });

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const ORDER = '$setElementOrder';
const DELETIONS = '$deleteFromPrimitiveList';

/**
 * The document with the patch merged in; neither is changed, but unchanged parts are shared. Throws BadRequest, in
 * Kubernetes' wording, when the patch breaks a rule of its format.
 */
export function applyStrategicMergePatch<T>(document: T, patch: unknown, schema: PatchSchema): T {
  if (!isJsonObject(patch)) throw badPatch('invalid JSON document');
  return mergeObject(document as JsonObject, patch, schema) as T;
}

function mergeObject(original: JsonObject, patch: JsonObject, schema: PatchSchema): JsonObject {
  const directive = own(patch, DIRECTIVE);
  if (directive === 'replace') return bare(patch) as JsonObject;
  if (directive === 'delete') return {};
  if (directive !== undefined) throw unknownDirective(directive, patch);
  const merged = retainKeys(original, patch);
  const ordered = mergeOrderedLists(merged, patch, schema);
  deleteFromPrimitiveLists(merged, patch);
  for (const [key, value] of Object.entries(patch)) {
    if (!isDirective(key) && !ordered.has(key)) mergeField(merged, key, value, schema);
  }
  return merged;
}

function mergeField(merged: JsonObject, key: string, value: Json, schema: PatchSchema): void {
  const before = own(merged, key);
  const field = schema.field(key);
  if (value === null) delete merged[key];
  else if (isJsonObject(value) && isJsonObject(before)) {
    const replaces = strategyOf(field) === 'replace';
    put(merged, key, replaces ? bare(value) : mergeObject(before, value, field?.schema ?? NO_PATCH_SCHEMA));
  } else if (Array.isArray(value) && Array.isArray(before)) put(merged, key, mergeList(before, value, field));
  else set(merged, key, plain(value));
}

/** The kept part of the original as a fresh object: everything, unless the patch lists what to retain. */
function retainKeys(original: JsonObject, patch: JsonObject): JsonObject {
  const retained = own(patch, RETAIN_KEYS);
  if (retained === undefined) return { ...original };
  const fault = 'invalid patch format of retainKeys';
  if (!Array.isArray(retained)) throw badPatch(fault);
  const stray = Object.keys(patch).some((k) => patch[k] !== null && !isDirective(k) && !retained.includes(k));
  if (stray) throw badPatch(fault);
  return Object.fromEntries(Object.entries(original).filter(([key]) => retained.includes(key)));
}

/** Does all lists that have an order given; answers their names. */
function mergeOrderedLists(merged: JsonObject, patch: JsonObject, schema: PatchSchema): Set<string> {
  const done = new Set<string>();
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(ORDER)) continue;
    const key = listOf(directive, ORDER, 'invalid patch format of setElementOrder list');
    const field = schema.field(key);
    const before = listOrNothing(own(merged, key));
    const change = listOrNothing(own(patch, key));
    const wanted = listOrNothing(order) ?? [];
    requireOrder(change ?? [], wanted, field?.mergeKey);
    if (change) done.add(key);
    if (!before && !change) continue;
    const list = before && change ? mergeList(before, change, field) : (before ?? (plain(change!) as Json[]));
    put(merged, key, inOrder(list, wanted, liveOrder(before ?? [], list, field?.mergeKey), field?.mergeKey));
  }
  return done;
}

/** Elements of the patch must stand in the order that the patch itself asks for. */
function requireOrder(change: Json[], order: Json[], mergeKey: string | undefined): void {
  if (change.length === 0 || order.length === 0) return;
  let place = 0;
  for (const item of change) {
    if (isJsonObject(item) && Object.hasOwn(item, DIRECTIVE)) continue;
    while (place < order.length && identity(item, mergeKey) !== identity(order[place]!, mergeKey)) place++;
    if (place++ >= order.length) {
      throw badPatch(`The order in patch list:\n${goText(change)}\n doesn't match ${ORDER} list:\n${goText(order)}\n`);
    }
  }
}

function deleteFromPrimitiveLists(merged: JsonObject, patch: JsonObject): void {
  for (const [directive, deletions] of Object.entries(patch)) {
    if (!directive.startsWith(DELETIONS)) continue;
    const fault = 'invalid patch format of primitive list';
    const key = listOf(directive, DELETIONS, fault);
    if (!Array.isArray(deletions) || deletions.some((item) => typeof item === 'object')) throw badPatch(fault);
    const before = own(merged, key);
    if (Array.isArray(before))
      put(
        merged,
        key,
        before.filter((item) => !deletions.includes(item)),
      );
  }
}

function mergeList(original: Json[], patch: Json[], field: PatchField | undefined): Json[] {
  if (strategyOf(field) !== 'merge') return bare(patch) as Json[];
  if (original.length + patch.length === 0) return original;
  const items = requireOneType([...original, ...patch]);
  return items === 'object' ? mergeObjects(original, patch, field!) : mergeScalars(original, patch);
}

function mergeScalars(original: Json[], patch: Json[]): Json[] {
  const all = [...new Set([...original, ...patch])];
  return inOrder(all, patch, original);
}

function mergeObjects(original: Json[], patch: Json[], field: PatchField): Json[] {
  const { mergeKey, schema = NO_PATCH_SCHEMA } = field;
  if (!mergeKey) throw badPatch('cannot merge lists without merge key');
  const { kept, changes } = followDirectives(original, patch as JsonObject[], mergeKey);
  const merged = [...kept];
  for (const change of changes) {
    const id = identity(change, mergeKey);
    const place = merged.findIndex((item) => isJsonObject(item) && own(item, mergeKey) === id);
    if (place < 0) merged.push(bare(change));
    else merged[place] = mergeObject(merged[place] as JsonObject, change, schema);
  }
  return inOrder(merged, changes, kept, mergeKey);
}

/** What stays of the original, and what of the patch is left to merge once its elements with `$patch` are done. */
function followDirectives(
  original: Json[],
  patch: JsonObject[],
  mergeKey: string,
): { kept: Json[]; changes: JsonObject[] } {
  let kept = original;
  const changes: JsonObject[] = [];
  let replaced = false;
  for (const item of patch) {
    const directive = own(item, DIRECTIVE);
    if (directive === undefined) changes.push(item);
    else if (directive === 'replace') replaced = true;
    else if (directive === 'delete') {
      const id = identity(item, mergeKey);
      kept = kept.filter((other) => (other as JsonObject)[mergeKey] !== id);
    } else if (directive === 'merge') throw badPatch('merging lists cannot yet be specified in the patch');
    else throw unknownDirective(directive, item);
  }
  return replaced ? { kept: changes.map(bare), changes: [] } : { kept, changes };
}

function identity(item: Json, mergeKey: string | undefined): Json {
  if (!mergeKey) return item;
  const id = isJsonObject(item) ? own(item, mergeKey) : undefined;
  if (id === undefined) throw badPatch(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
  return id;
}

function requireOneType(items: Json[]): 'object' | 'scalar' {
  const types = new Set(items.map((item) => (Array.isArray(item) ? 'list' : item === null ? 'null' : typeof item)));
  if (types.has('list')) throw badPatch('lists of lists are not supported');
  if (types.size > 1) throw badPatch(`list element types are not identical: ${goText(items)}`);
  return types.has('object') ? 'object' : 'scalar';
}

function strategyOf(field: PatchField | undefined): string | undefined {
  return field?.patchStrategy?.split(',').find((strategy) => strategy !== 'retainKeys');
}

function listOf(directive: string, prefix: string, fault: string): string {
  if (directive[prefix.length] !== '/') throw badPatch(fault);
  return directive.slice(prefix.length + 1);
}

function listOrNothing(value: Json | undefined): Json[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw badPatch('invalid patch format of setElementOrder list');
}

function isDirective(key: string): boolean {
  return key === DIRECTIVE || key === RETAIN_KEYS || key.startsWith(`${ORDER}/`) || key.startsWith(`${DELETIONS}/`);
}

/** What a piece of a patch says where there was nothing before: an object with `$patch` says nothing at all. */
function plain(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.map(plain).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  return Object.hasOwn(value, DIRECTIVE) ? undefined : fields(value, plain);
}

/** The piece as it is, less nulls and directives: what a server's decoding leaves of elements taken over whole. */
function bare(value: Json): Json {
  if (Array.isArray(value)) return value.map(bare);
  return isJsonObject(value) ? fields(value, bare) : value;
}

function fields(object: JsonObject, convert: (value: Json) => Json | undefined): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(object)) {
    if (value !== null && !isDirective(key)) set(kept, key, convert(value));
  }
  return kept;
}

function set(object: JsonObject, key: string, value: Json | undefined): void {
  if (value === undefined) delete object[key];
  else put(object, key, value);
}

function unknownDirective(directive: Json, patch: JsonObject): Error {
  return badPatch(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

/** How Go prints it, since upstream's messages quote values so. */
function goText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (value === null) return '<nil>';
  if (!isJsonObject(value)) return String(value);
  const entries = Object.keys(value)
    .toSorted()
    .map((key) => `${key}:${goText(value[key]!)}`);
  return `map[${entries.join(' ')}]`;
}
