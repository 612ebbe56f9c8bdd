/** Who owns what after a change: the rules that updates and applies have in common. */
import type { JsonObject } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import type { Comparison } from './comparison.ts';
import { type Conflict, conflictsWith } from './conflict.ts';
import {
  difference,
  type FieldSet,
  fieldSetOfPaths,
  intersection,
  isEmpty,
  recursiveDifference,
  union,
} from './field-set.ts';
import { mayLose } from './fields-v1.ts';
import { UNOWNED_METADATA } from './first-owner.ts';
import { type Manager, type Managers, withFields } from './manager.ts';
import { fieldElement } from './path-element.ts';
import { fitToSchema } from './schema-fit.ts';

/** Who writes, what kind of object and how. */
export interface Write {
  /** The manager's name: `fieldManager` of the request, else {@link defaultManagerName}. */
  readonly manager: string;
  /** Of the object as the request names it: `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The kind's schema; `DEDUCED` for custom resources without one. */
  readonly schema: ApplySchema;
  /** What an object of this kind looks like before anything is said of it. @default {} */
  readonly empty?: object;
  /** `status`, `scale`, …; absent for the object itself. */
  readonly subresource?: string;
  /** Fields that a write on this path cannot set, so that nobody comes to own them by it: `[['status']]`. */
  readonly resetFields?: readonly (readonly string[])[];
  /** Now, in RFC 3339. */
  readonly time: string;
}

/** Bookkeeping that nobody owns. */
const UNOWNED = fieldSetOfPaths(
  [['apiVersion'], ['kind'], ['metadata'], ...UNOWNED_METADATA.map((name) => ['metadata', name])].map((path) =>
    path.map(fieldElement),
  ),
);

export function writerOf(write: Write, operation: Manager['operation'], fields: FieldSet): Manager {
  const { manager, apiVersion, subresource = '' } = write;
  return { name: manager || 'unknown', operation, apiVersion, subresource, fields };
}

export function emptyObject({ empty }: Write): JsonObject {
  return (empty ?? {}) as JsonObject;
}

export function withoutUnowned(fields: FieldSet): FieldSet {
  return difference(fields, UNOWNED);
}

export function withoutReset(fields: FieldSet, { resetFields = [] }: Write): FieldSet {
  return recursiveDifference(fields, fieldSetOfPaths(resetFields.map((path) => path.map(fieldElement))));
}

export function comparisonWithoutReset(comparison: Comparison, write: Write): Comparison {
  if (!write.resetFields?.length) return comparison;
  return {
    added: withoutReset(comparison.added, write),
    modified: withoutReset(comparison.modified, write),
    removed: withoutReset(comparison.removed, write),
  };
}

/** All managers' fields as today's schema has them. */
export function fitManagers(managers: Managers, schema: ApplySchema): Map<string, Manager> {
  return new Map([...managers].map(([key, manager]) => [key, fitted(manager, schema)]));
}

function fitted(manager: Manager, schema: ApplySchema): Manager {
  const fields = fitToSchema(manager.fields, schema);
  return fields === manager.fields ? manager : withFields(manager, fields);
}

/** What others lose by a change: fields that it sets anew or takes away. Who has none left is no manager any more. */
export function takeFromOthers(managers: Managers, change: Comparison, self: string, schema: ApplySchema): Managers {
  const taken = union(union(change.modified, change.added), change.removed);
  const left = new Map<string, Manager>();
  for (const [key, manager] of managers) {
    const rest = key === self ? manager : less(manager, taken, schema);
    if (rest.stored || !isEmpty(rest.fields)) left.set(key, rest);
  }
  return left;
}

function less(manager: Manager, taken: FieldSet, schema: ApplySchema): Manager {
  if (manager.stored && !mayLose(manager.stored, taken)) return manager;
  const fields = difference(fitToSchema(manager.fields, schema), taken);
  return fields === manager.fields ? manager : withFields(manager, fields);
}

/** Fields of others that the change sets to something else. */
export function conflictsOf(managers: Managers, change: Comparison, self: string): Conflict[] {
  const set = union(change.modified, change.added);
  return [...managers].flatMap(([key, manager]) =>
    key === self ? [] : conflictsWith(manager, intersection(manager.fields, set)),
  );
}
