/** Objects without some of their fields, or with nothing but them. */
import { isJsonObject, type Json, type JsonObject, put } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { EMPTY, type FieldSet, isEmpty } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { elementOf, entriesOf, fieldSchema, formOf, isAtomic, itemSchema, itemsOf } from './typed-value.ts';

/**
 * The value without these fields.
 *
 * @param husk what becomes of a container that loses everything: null, or undefined where it shall vanish too
 */
export function removeFields<H extends null | undefined>(
  value: Json,
  fields: FieldSet,
  schema: ApplySchema,
  husk: H,
): Json | H {
  const form = formOf(schema, value);
  if (form === 'scalar') return value;
  if (isAtomic(schema, form)) return husk;
  return form === 'map' ? removeFromMap(value, fields, schema, husk) : removeFromList(value, fields, schema, husk);
}

/** Nothing but these fields of the value, with the keys of list elements; undefined where that is nothing. */
export function extractFields(value: Json, fields: FieldSet, schema: ApplySchema): Json | undefined {
  const form = formOf(schema, value);
  if (isAtomic(schema, form) || (fields.self && fields.below.size === 0 && entriesOf(value).length === 0)) return value;
  return form === 'map' ? extractFromMap(value, fields, schema) : extractFromList(value, fields, schema);
}

function removeFromMap<H extends null | undefined>(
  value: Json,
  fields: FieldSet,
  schema: ApplySchema,
  husk: H,
): Json | H {
  const kept: JsonObject = {};
  for (const [name, item] of entriesOf(value)) {
    const below = fields.below.get(fieldElement(name)) ?? EMPTY;
    const left = below.self ? undefined : removeBelow(item, below, fieldSchema(schema, name), husk);
    if (left !== undefined) put(kept, name, left);
  }
  return Object.keys(kept).length > 0 ? kept : husk;
}

function removeFromList<H extends null | undefined>(
  value: Json,
  fields: FieldSet,
  schema: ApplySchema,
  husk: H,
): Json | H {
  const kept: Json[] = [];
  for (const item of itemsOf(value)) {
    const below = belowItem(item, fields, schema);
    const left = below.self ? undefined : removeBelow(item, below, itemSchema(schema), husk);
    if (left !== undefined) kept.push(left);
  }
  return kept.length > 0 ? kept : husk;
}

function removeBelow<H extends null | undefined>(item: Json, below: FieldSet, schema: ApplySchema, husk: H): Json | H {
  return isEmpty(below) ? item : removeFields(item, below, schema, husk);
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
