/**
 * JSON Patch (RFC 6902), in the dialect of Kubernetes' API server: negative array indexes count from the end, and
 * replacing a key that an object lacks sets it.
 */
import { cloneJson, isJsonObject, type Json, type JsonObject, jsonEqual, own, put } from './json.ts';
import { badPatch, unfitPatch } from './patch-error.ts';
import { failure } from './status.ts';

const MAX_OPERATIONS = 10_000;
/** What all copies of one patch may add, in bytes: a few operations that each double the document would fill any memory. */
const MAX_COPIED = 3 * 1024 * 1024;

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/**
 * The document with all operations done; it is not changed itself. Throws BadRequest for what is no patch and Invalid
 * when an operation does not fit, in which case none counts.
 */
export function applyJsonPatch<T>(document: T, operations: unknown): T {
  const root = { '': cloneJson(document) as Json };
  let copied = 0;
  for (const operation of checked(operations)) {
    if (operation.op === 'copy') copied += sizeOfCopy(root, operation);
    if (copied > MAX_COPIED) throw tooMuchCopied(copied);
    perform(root, operation);
  }
  return root[''] as T;
}

function sizeOfCopy(root: JsonObject, { op, from }: JsonPatchOperation): number {
  return JSON.stringify(read(locate(root, source(from, op), op)) ?? null).length;
}

function tooMuchCopied(copied: number) {
  return failure(
    'RequestEntityTooLarge',
    `Unable to complete the copy, the accumulated size increase of copy is ${copied}, exceeding the limit ${MAX_COPIED}`,
  );
}

function checked(operations: unknown): JsonPatchOperation[] {
  if (!Array.isArray(operations) || !operations.every(isJsonObject)) {
    throw badPatch('error decoding patch: a JSON patch is a list of operations');
  }
  if (operations.length > MAX_OPERATIONS) {
    throw failure(
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${operations.length}`,
    );
  }
  return operations as unknown as JsonPatchOperation[];
}

function perform(root: JsonObject, operation: JsonPatchOperation): void {
  const { op, path, from } = operation;
  const value = () => cloneJson((operation.value ?? null) as Json);
  const at = () => locate(root, path, op);
  if (op === 'add') add(at(), value());
  else if (op === 'remove') remove(at());
  else if (op === 'replace' && path === '') replaceRoot(root, value());
  else if (op === 'replace') replace(at(), value());
  else if (op === 'move') move(root, source(from, op), path);
  else if (op === 'copy') add(at(), cloneJson(read(locate(root, source(from, op), op)) ?? null));
  else if (op === 'test') test(path === '' ? root[''] : read(at()), operation.value ?? null, path);
  else throw unfitPatch(`Unexpected kind: ${String(op)}`);
}

/** A place in the document: the container that is there, and the key in it that may not be. */
interface Place {
  readonly container: Json[] | JsonObject;
  readonly key: string;
  readonly path: string;
}

function source(path: unknown, op: string): string {
  if (typeof path !== 'string') throw unfitPatch(`${op} operation failed to decode from`);
  return path;
}

function locate(root: JsonObject, path: unknown, op: string): Place {
  if (typeof path !== 'string') throw unfitPatch(`${op} operation failed to decode path`);
  const keys = path.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  let container: Json | undefined = keys.length > 1 ? root[''] : undefined;
  for (const key of keys.slice(1, -1)) container = isContainer(container) ? step(container, key) : undefined;
  if (!isContainer(container)) throw unfitPatch(`${op} operation does not apply: doc is missing path: "${path}"`);
  return { container, key: keys.at(-1)!, path };
}

function isContainer(value: Json | undefined): value is Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function step(container: Json[] | JsonObject, key: string): Json | undefined {
  if (!Array.isArray(container)) return own(container, key);
  const index = indexIn(container.length, key);
  return index === undefined ? undefined : container[index];
}

/** `length` is how many places there are; negative indexes count back from it. */
function indexIn(length: number, key: string): number | undefined {
  if (!/^[+-]?\d+$/.test(key)) return undefined;
  const index = Number(key);
  if (index >= length || index < -length) return undefined;
  return index < 0 ? index + length : index;
}

function existingIndex(list: Json[], { key, path }: Place): number {
  const index = indexIn(list.length, key);
  if (index === undefined) throw unfitPatch(`unable to access invalid index ${key} of path ${path}`);
  return index;
}

/** In an object a key that is missing reads as undefined, in a list it is a fault. */
function read(place: Place): Json | undefined {
  const { container, key } = place;
  return Array.isArray(container) ? container[existingIndex(container, place)] : own(container, key);
}

function add({ container, key, path }: Place, value: Json): void {
  if (!Array.isArray(container)) {
    put(container, key, value);
    return;
  }
  const index = key === '-' ? container.length : indexIn(container.length + 1, key);
  if (index === undefined) throw unfitPatch(`unable to access invalid index ${key} of path ${path}`);
  container.splice(index, 0, value);
}

function remove(place: Place): void {
  const { container, key, path } = place;
  if (Array.isArray(container)) {
    container.splice(existingIndex(container, place), 1);
    return;
  }
  if (!Object.hasOwn(container, key)) throw unfitPatch(`unable to remove nonexistent key of path ${path}`);
  delete container[key];
}

function replace(place: Place, value: Json): void {
  const { container, key } = place;
  if (Array.isArray(container)) container[existingIndex(container, place)] = value;
  else put(container, key, value);
}

function replaceRoot(root: JsonObject, value: Json): void {
  if (!isContainer(value)) throw unfitPatch('replace operation value must be object or array');
  root[''] = value;
}

function move(root: JsonObject, from: string, path: string): void {
  const place = locate(root, from, 'move');
  const value = read(place);
  remove(place);
  add(locate(root, path, 'move'), value ?? null);
}

function test(actual: Json | undefined, expected: unknown, path: string): void {
  if (!jsonEqual(actual ?? null, expected)) throw unfitPatch(`testing value ${path} failed`);
}
