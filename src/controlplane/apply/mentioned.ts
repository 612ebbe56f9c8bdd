/** Which fields an applied configuration mentions, and so claims. */
import { isJsonObject, type Json } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { type FieldSet, FieldSetBuilder, LEAF } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { entriesOf, fieldSchema, formOf, indexItems, isAtomic, isNamed, itemSchema } from './typed-value.ts';

export function mentionedFields(value: Json, schema: ApplySchema): FieldSet {
  const form = formOf(schema, value);
  if (isAtomic(schema, form)) return LEAF;
  return form === 'map' ? fieldsOfMap(value, schema) : fieldsOfList(value, schema);
}

/** Keys of maps are claimed themselves, named fields only where nothing below them is. */
function fieldsOfMap(value: Json, schema: ApplySchema): FieldSet {
  const set = new FieldSetBuilder();
  for (const [name, item] of entriesOf(value)) {
    const below = mentionedFields(item, fieldSchema(schema, name));
    const isEmptyMap = item === null || (isJsonObject(item) && entriesOf(item).length === 0);
    const self = below.self || isEmptyMap || !isNamed(schema, name);
    set.attach(fieldElement(name), { self, below: below.below });
  }
  return set;
}

function fieldsOfList(value: Json, schema: ApplySchema): FieldSet {
  const set = new FieldSetBuilder();
  for (const [element, items] of indexItems(schema, value)) {
    const below = items.length === 1 ? mentionedFields(items[0]!, itemSchema(schema)).below : LEAF.below;
    set.attach(element, { self: true, below });
  }
  return set;
}
