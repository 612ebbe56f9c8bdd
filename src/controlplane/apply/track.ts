/** Updates: whoever changes a field owns it from then on, and alone. */
import { isJsonObject, type JsonObject, jsonEqual } from '../../kube/index.ts';
import { compare } from './comparison.ts';
import { isEmpty, union } from './field-set.ts';
import { fieldsOfNew } from './first-owner.ts';
import {
  capManagers,
  isReset,
  type ManagedFieldsEntry,
  type Manager,
  type Managers,
  managerKey,
  readManagers,
  splitManagedFields,
  storedManagers,
  withManagers,
} from './manager.ts';
import {
  comparisonWithoutReset,
  emptyObject,
  takeFromOthers,
  type Write,
  withoutUnowned,
  writerOf,
} from './ownership.ts';

/** See index.ts. */
export function trackChange<T extends object>(live: object | undefined, object: T, write: Write): T {
  if (!live && isUntracked(object)) return ownedByCreator(object as unknown as JsonObject, write) as unknown as T;
  const before = splitManagedFields((live ?? emptyObject(write)) as JsonObject);
  const after = splitManagedFields(object as unknown as JsonObject);
  const managers = managersToGoBy(before.entries, after.entries, write);
  if (managers.size === 0 && live) return after.plain as unknown as T;
  return withManagers(after.plain, capManagers(update(managers, before.plain, after.plain, write))) as unknown as T;
}

function isUntracked(object: { metadata?: { managedFields?: unknown } }): boolean {
  return object.metadata?.managedFields === undefined;
}

function ownedByCreator(object: JsonObject, write: Write): JsonObject {
  const reset = (write.resetFields ?? []).map(([name]) => name!);
  const fieldsV1 = fieldsOfNew(object, emptyObject(write), write.schema, reset);
  if (Object.keys(fieldsV1).length === 0) return object;
  const { manager, apiVersion, subresource, time } = write;
  const entry = {
    manager: manager || 'unknown',
    operation: 'Update',
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource && { subresource }),
  } satisfies ManagedFieldsEntry;
  return {
    ...object,
    metadata: { ...(object.metadata as JsonObject), managedFields: [entry as unknown as JsonObject] },
  };
}

/** The managers once `write` has made `after` of `before`, neither of which carries managedFields. */
export function update(managers: Managers, before: JsonObject, after: JsonObject, write: Write): Managers {
  const change = comparisonWithoutReset(compare(before, after, write.schema), write);
  const left = new Map(takeFromOthers(managers, change, '', write.schema));
  const own = withoutUnowned(union(change.modified, change.added));
  if (isEmpty(own)) return left;
  const writer = writerOf(write, 'Update', own);
  const key = managerKey(writer);
  const previous = left.get(key);
  const fields = previous ? union(own, previous.fields) : own;
  return left.set(key, { ...writer, fields, time: write.time } satisfies Manager);
}

/**
 * `wanted`, but with the managedFields of `old` if nothing else differs than when they were written: a write that
 * changes nothing shall not be one.
 */
export function keepTimes<T extends object>(wanted: T, old: object): T {
  const [now, then] = [splitManagedFields(wanted as unknown as JsonObject), splitManagedFields(old as JsonObject)];
  if (!jsonEqual(now.plain, then.plain) || !jsonEqual(timeless(now.entries), timeless(then.entries))) return wanted;
  return old as T;
}

/** What the client sends counts if it can be read: so ownership is given away, or reset. Else what is stored does. */
function managersToGoBy(live: unknown, sent: unknown, { subresource }: Write): Managers {
  const stored = () => storedManagers((live ?? []) as ManagedFieldsEntry[]);
  if (subresource || sent === undefined) return stored();
  if (isReset(sent)) return new Map();
  if (jsonEqual(live, sent)) return stored();
  const managers = readable(sent);
  return managers.size > 0 ? managers : stored();
}

function readable(entries: unknown): Managers {
  try {
    return readManagers(entries);
  } catch {
    return new Map();
  }
}

function timeless(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry) => (isJsonObject(entry) ? { ...entry, time: undefined } : entry));
}
