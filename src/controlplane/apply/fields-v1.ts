/** Field sets in the form in which `managedFields` carries them. */
import { isJsonObject } from '../../kube/index.ts';
import { type FieldSet, FieldSetBuilder, sortedElements } from './field-set.ts';
import { canonicalElement } from './path-element.ts';

/** A tree of path elements; `.` says that the path to here is in the set too, an empty tree that it alone is. */
export interface FieldsV1 {
  [element: string]: FieldsV1;
}

export function toFieldsV1(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = set.self && set.below.size > 0 ? { '.': {} } : {};
  for (const element of sortedElements(set)) fields[element] = toFieldsV1(set.below.get(element)!);
  return fields;
}

/**
 * Could taking `taken` from what `fields` says, in the form in which {@link toFieldsV1} writes it, change it? Quick, and
 * true rather too often.
 */
export function mayLose(fields: FieldsV1, taken: FieldSet): boolean {
  for (const [element, below] of taken.below) {
    const place = fields[element];
    if (place && (below.self || mayLose(place, below))) return true;
  }
  return false;
}

/** Throws when it is no such tree. Elements of an unknown kind are left out. */
export function fromFieldsV1(fields: unknown): FieldSet {
  return read(fields, false);
}

function read(fields: unknown, isInside: boolean): FieldSet {
  if (!isJsonObject(fields)) throw new SyntaxError('fields must be an object');
  const set = new FieldSetBuilder();
  const entries = Object.entries(fields);
  set.self = isInside && entries.length === 0;
  for (const [element, below] of entries) {
    if (element === '.') set.self = isInside;
    else if (/^[fkvi]:/.test(element)) set.attach(canonicalElement(element), read(below, true));
    else if (element[1] !== ':') throw new SyntaxError(`missing colon: ${element}`);
  }
  return set;
}
