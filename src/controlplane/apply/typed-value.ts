/** How a schema sees a value: as one thing, as a map or as a list of elements that can be told apart. */
import { isJsonObject, type Json, type JsonObject, own } from '../../kube/index.ts';
import { type ApplySchema, DEDUCED } from '../schema/index.ts';
import { fieldNameOf, keyElement, namedElement, type PathElement, valueElement } from './path-element.ts';

export type Form = 'scalar' | 'map' | 'list';

/** A schema that allows anything takes the form of the value. */
export function formOf(schema: ApplySchema, value: Json | undefined): Form {
  switch (schema.kind) {
    case 'struct':
    case 'map':
      return 'map';
    case 'any':
      if (Array.isArray(value)) return 'list';
      return value === null || value === undefined || isJsonObject(value) ? 'map' : 'scalar';
    default:
      return schema.kind;
  }
}

/** Is a value of this form owned as a whole? */
export function isAtomic(schema: ApplySchema, form: Form): boolean {
  return form === 'scalar' || schema.atomic || (form === 'list' && listType(schema) === 'atomic');
}

/** The fields of a map, none where there is no map. */
export function entriesOf(value: Json | undefined): [string, Json][] {
  return isJsonObject(value) ? Object.entries(value).filter(([, item]) => item !== undefined) : [];
}

/** The names of a map's fields, none where there is no map. */
export function namesIn(value: Json | undefined): string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}

export function fieldOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) ? own(value, name) : undefined;
}

export function itemsOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** Nothing to look into: no container of this form, or an empty one. */
export function isEmptyAs(form: Form, value: Json | undefined): boolean {
  if (form === 'list') return itemsOf(value).length === 0;
  return !isJsonObject(value) || Object.values(value).every((item) => item === undefined);
}

/** A field that the schema itself names, as against a key that a map, or a struct open to any field, happens to have. */
export function isNamed(schema: ApplySchema, name: string): boolean {
  if (schema.kind !== 'struct') return false;
  const field = schema.field(name);
  return field !== undefined && (field !== DEDUCED || schema.field(UNHEARD_OF) === undefined);
}

const UNHEARD_OF = '\u0000';

export function fieldSchema(schema: ApplySchema, name: string): ApplySchema {
  return schema.field(name) ?? DEDUCED;
}

export function itemSchema(schema: ApplySchema): ApplySchema {
  return schema.items ?? DEDUCED;
}

/** The schema below a path element; undefined where there is none. */
export function schemaBelow(schema: ApplySchema | undefined, element: PathElement): ApplySchema | undefined {
  const name = fieldNameOf(element);
  if (name !== undefined) return schema?.field(name);
  return element.startsWith('k:') ? schema?.items : undefined;
}

/** What tells an element of a set or map list apart; an Error in upstream's words where nothing does. */
export function elementOf(schema: ApplySchema, item: Json): PathElement | Error {
  return listType(schema) === 'map' ? keysOf(schema, item) : memberOf(item);
}

/** The elements of a list by what tells them apart, in order; elements that nothing tells apart are left out. */
export function indexItems(schema: ApplySchema, value: Json | undefined): Map<PathElement, Json[]> {
  const index = new Map<PathElement, Json[]>();
  for (const item of itemsOf(value)) {
    const element = elementOf(schema, item);
    if (element instanceof Error) continue;
    const same = index.get(element);
    if (same) same.push(item);
    else index.set(element, [item]);
  }
  return index;
}

function listType(schema: ApplySchema): 'atomic' | 'set' | 'map' {
  return schema.kind === 'list' ? (schema.listType ?? 'atomic') : 'atomic';
}

function memberOf(item: Json): PathElement | Error {
  if (item === null) return new Error("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) return new Error('not supported: associative list with lists as elements');
  if (isJsonObject(item)) return new Error("associative list without keys has an element that's a map type");
  return valueElement(item);
}

function keysOf(schema: ApplySchema, item: Json): PathElement | Error {
  if (item === null) return new Error('associative list with keys may not have a null element');
  if (!isJsonObject(item)) return new Error('associative list with keys may not have non-map elements');
  const names = schema.keys ?? [];
  const [name] = names;
  const only = name !== undefined && names.length === 1 ? own(item, name) : undefined;
  if (typeof only === 'string') return namedElement(name!, only);
  const keys: JsonObject = {};
  for (const name of names) {
    const value = Object.hasOwn(item, name) ? item[name] : (schema.items?.defaultOf(name) as Json | undefined);
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length > 0) return keyElement(keys);
  const list = names.map((name) => JSON.stringify(name)).join(' ');
  return new Error(
    `associative list with keys has an element that omits all key fields [${list}] (and doesn't have default values for any key fields)`,
  );
}
