/** Field managers and what they own: `metadata.managedFields` read, written and kept short. */
import type { JsonObject } from '../../kube/index.ts';
import { type FieldSet, union } from './field-set.ts';
import { type FieldsV1, fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

/** An entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: FieldsV1;
  subresource?: string;
}

export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time?: string;
  readonly fields: FieldSet;
  /** The same fields as they are stored, where they have not changed since. */
  readonly stored?: FieldsV1;
}

/** Managers by what tells them apart: {@link managerKey}. */
export type Managers = ReadonlyMap<string, Manager>;

const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = 'ancient-changes';

/** One who applies is the same whatever version he applies in, one who updates is not. */
export function managerKey({ name, operation, apiVersion, subresource }: Omit<Manager, 'fields' | 'time'>): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** The managers of entries that {@link writeManagers} wrote: their fields are not looked into before they are asked for. */
export function storedManagers(entries: readonly ManagedFieldsEntry[]): Managers {
  const managers = entries.map((entry): Manager => {
    const { manager: name, operation, apiVersion, subresource = '', time, fieldsV1: stored } = entry;
    let set: FieldSet | undefined;
    return {
      name,
      operation,
      apiVersion,
      subresource,
      ...(time && { time }),
      stored,
      get fields() {
        set ??= fromFieldsV1(stored);
        return set;
      },
    };
  });
  return new Map(managers.map((manager) => [managerKey(manager), manager]));
}

/** Throws in upstream's words when an entry is malformed. */
export function readManagers(entries: unknown): Managers {
  if (entries === undefined || entries === null) return new Map();
  if (!Array.isArray(entries)) throw new SyntaxError('managedFields must be a list');
  const managers = entries.map((entry: Partial<ManagedFieldsEntry>, i) => readManager(entry ?? {}, i));
  return new Map(managers.map((manager) => [managerKey(manager), manager]));
}

/** In upstream's order: appliers first, then by time and name. */
export function writeManagers(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(inOrder).map(writeManager);
}

/** With at most ten who update: the oldest of each version are put together as `ancient-changes`. */
export function capManagers(managers: Managers): Managers {
  const updaters = [...managers.values()].filter((manager) => manager.operation === 'Update').sort(byAge);
  const capped = new Map(managers);
  const first = new Map<string, Manager>();
  let count = updaters.length;
  for (const manager of updaters) {
    if (count <= MAX_UPDATE_MANAGERS) break;
    const older = first.get(manager.apiVersion);
    if (older) {
      capped.delete(managerKey(older));
      capped.delete(managerKey(manager));
      count--;
    }
    const joined = older ? join(older, manager) : manager;
    first.set(manager.apiVersion, joined);
    capped.set(managerKey(joined), joined);
  }
  return capped;
}

/** The manager with other fields. */
export function withFields(manager: Manager, fields: FieldSet): Manager {
  const { stored: _, ...rest } = manager;
  return { ...rest, fields };
}

/** Is that how one asks for all ownership to be forgotten: an empty list, or a list of one empty entry? */
export function isReset(entries: unknown): boolean {
  if (!Array.isArray(entries)) return false;
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] as object).length === 0);
}

function readManager(entry: Partial<ManagedFieldsEntry>, index: number): Manager {
  const { manager: name = '', operation, apiVersion, subresource = '', time, fieldsType, fieldsV1 } = entry;
  if (operation !== 'Apply' && operation !== 'Update') throw new SyntaxError('operation must be `Apply` or `Update`');
  if (!apiVersion) throw new SyntaxError('apiVersion must not be empty');
  if (!fieldsType) throw new SyntaxError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1') {
    throw new SyntaxError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`);
  }
  const fields = fromFieldsV1(fieldsV1 ?? {});
  return { name, operation, apiVersion, subresource, fields, ...(time && { time }) };
}

function writeManager(manager: Manager): ManagedFieldsEntry {
  const { name, operation, apiVersion, subresource, time } = manager;
  return {
    manager: name,
    operation,
    apiVersion,
    ...(time && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: manager.stored ?? toFieldsV1(manager.fields),
    ...(subresource && { subresource }),
  };
}

function join(older: Manager, newer: Manager): Manager {
  return withFields({ ...newer, name: ANCIENT, subresource: '' }, union(older.fields, newer.fields));
}

function inOrder(a: Manager, b: Manager): number {
  return (
    order(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  );
}

function byAge(a: Manager, b: Manager): number {
  return secondsOf(a) - secondsOf(b) || order(managerKey(a), managerKey(b));
}

function secondsOf({ time }: Manager): number {
  return time ? Math.floor(Date.parse(time) / 1000) : 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The object less its managedFields, and they. */
export function splitManagedFields(object: JsonObject): { plain: JsonObject; entries: unknown } {
  const metadata = object.metadata as JsonObject | undefined;
  if (metadata?.managedFields === undefined) return { plain: object, entries: undefined };
  const { managedFields, ...rest } = metadata;
  return { plain: { ...object, metadata: rest }, entries: managedFields };
}

/** The object with these managers, or with none at all. */
export function withManagers(plain: JsonObject, managers: Managers): JsonObject {
  if (managers.size === 0) return plain;
  const metadata = {
    ...(plain.metadata as JsonObject),
    managedFields: writeManagers(managers) as unknown as JsonObject[],
  };
  return { ...plain, metadata };
}
