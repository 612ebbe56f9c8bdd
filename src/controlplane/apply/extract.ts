/** What a manager said: the part of an object that he owns. */
import type { JsonObject } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { EMPTY, union } from './field-set.ts';
import { readManagers, splitManagedFields } from './manager.ts';
import { extractFields } from './removal.ts';

/** Everything that the manager's entries claim, with the keys of list elements and apiVersion, kind and names. */
export function extractOwned(
  object: object,
  owner: { manager: string; operation?: 'Apply' | 'Update'; subresource?: string },
  schema: ApplySchema,
): object {
  const { plain, entries } = splitManagedFields(object as JsonObject);
  const { manager, operation = 'Apply', subresource = '' } = owner;
  const own = [...readManagers(entries).values()].filter(
    (m) => m.name === manager && m.operation === operation && m.subresource === subresource,
  );
  const fields = own.reduce((set, m) => union(set, m.fields), EMPTY);
  const extracted = extractFields(plain, fields, schema) as JsonObject;
  const { apiVersion, kind, metadata } = plain as { apiVersion: string; kind: string; metadata: JsonObject };
  const { name, namespace } = metadata;
  const names = { name: name!, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, ...extracted, metadata: { ...names, ...(extracted.metadata as JsonObject) } };
}
