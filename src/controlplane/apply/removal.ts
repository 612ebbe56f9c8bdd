/** Objects without some of their fields, or with nothing but them. */
import { isJsonObject, type Json, type JsonObject, put } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { EMPTY, type FieldSet, isEmpty } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { elementOf, entriesOf, fieldSchema, formOf, isAtomic, itemSchema, itemsOf } from './typed-value.ts';

/** The value without these fields. A container that loses everything becomes null. */
export function removeFields(value: Json, fields: FieldSet, schema: ApplySchema): Json {
  const form = formOf(schema, value);
  if (form === 'scalar') return value;
  if (isAtomic(schema, form)) return null;
  return form === 'map' ? removeFromMap(value, fields, schema) : removeFromList(value, fields, schema);
}

/** Nothing but these fields of the value, with the keys of list elements; undefined where that is nothing. */
export function extractFields(value: Json, fields: FieldSet, schema: ApplySchema): Json | undefined {
  const form = formOf(schema, value);
  if (isAtomic(schema, form) || (fields.self && fields.below.size === 0 && entriesOf(value).length === 0)) return value;
  return form === 'map' ? extractFromMap(value, fields, schema) : extractFromList(value, fields, schema);
}

function removeFromMap(value: Json, fields: FieldSet, schema: ApplySchema): Json {
  const kept: JsonObject = {};
  for (const [name, item] of entriesOf(value)) {
    const below = fields.below.get(fieldElement(name)) ?? EMPTY;
    if (below.self) continue;
    put(kept, name, isEmpty(below) ? item : removeFields(item, below, fieldSchema(schema, name)));
  }
  return Object.keys(kept).length > 0 ? kept : null;
}

function removeFromList(value: Json, fields: FieldSet, schema: ApplySchema): Json {
  const kept: Json[] = [];
  for (const item of itemsOf(value)) {
    const below = belowItem(item, fields, schema);
    if (below.self) continue;
    kept.push(isEmpty(below) ? item : removeFields(item, below, itemSchema(schema)));
  }
  return kept.length > 0 ? kept : null;
}

function extractFromMap(value: Json, fields: FieldSet, schema: ApplySchema): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const kept: JsonObject = {};
  for (const [name, item] of entriesOf(value)) {
    const below = fields.below.get(fieldElement(name));
    const extracted = below && extractFields(item, below, fieldSchema(schema, name));
    if (extracted !== undefined) put(kept, name, extracted);
  }
  return kept;
}

function extractFromList(value: Json, fields: FieldSet, schema: ApplySchema): Json | undefined {
  const kept: Json[] = [];
  for (const item of itemsOf(value)) {
    const below = belowItem(item, fields, schema);
    if (isEmpty(below)) continue;
    const extracted = extractFields(item, below, itemSchema(schema)) ?? {};
    kept.push(isJsonObject(item) ? { ...keyFields(item, schema), ...(extracted as JsonObject) } : item);
  }
  return kept.length > 0 ? kept : undefined;
}

function keyFields(item: JsonObject, schema: ApplySchema): JsonObject {
  return Object.fromEntries(entriesOf(item).filter(([name]) => schema.keys?.includes(name)));
}

function belowItem(item: Json, fields: FieldSet, schema: ApplySchema): FieldSet {
  const element = elementOf(schema, item);
  return element instanceof Error ? EMPTY : (fields.below.get(element) ?? EMPTY);
}
