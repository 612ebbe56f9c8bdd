/** What a change changed, as paths. */
import { type Json, jsonEqual } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import { type FieldSet, FieldSetBuilder } from './field-set.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import {
  type Form,
  fieldOf,
  fieldSchema,
  formOf,
  indexItems,
  isAtomic,
  isEmptyAs,
  itemSchema,
  namesIn,
} from './typed-value.ts';

/** No path is in two of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export function compare(before: Json, after: Json, schema: ApplySchema): Comparison {
  const walk = new Walk();
  walk.compare(before, after, schema);
  return walk;
}

class Walk implements Comparison {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #path: PathElement[] = [];

  /** Either may be missing, not both. */
  compare(before: Json | undefined, after: Json | undefined, schema: ApplySchema): void {
    if (before === after) return;
    let isWhole = false;
    for (const form of formsOf(before, after, schema)) isWhole = this.#compareAs(form, before, after, schema);
    if (isWhole) return;
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
  }

  /** Answers whether the two were compared as wholes. */
  #compareAs(form: Form, before: Json | undefined, after: Json | undefined, schema: ApplySchema): boolean {
    if (isAtomic(schema, form) || (isEmptyAs(form, before) && isEmptyAs(form, after))) {
      this.#compareWholes(before, after);
      return true;
    }
    if (form === 'map') this.#compareFields(before, after, schema);
    else this.#compareItems(before, after, schema);
    return false;
  }

  #compareWholes(before: Json | undefined, after: Json | undefined): void {
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
    else if (!jsonEqual(before, after)) this.modified.insert(this.#path);
  }

  #compareFields(before: Json | undefined, after: Json | undefined, schema: ApplySchema): void {
    for (const name of namesIn(before)) this.#below(name, fieldOf(before, name), fieldOf(after, name), schema);
    for (const name of namesIn(after))
      if (fieldOf(before, name) === undefined) this.#below(name, undefined, fieldOf(after, name), schema);
  }

  #below(name: string, before: Json | undefined, after: Json | undefined, schema: ApplySchema): void {
    if (before === after) return;
    this.#path.push(fieldElement(name));
    this.compare(before, after, fieldSchema(schema, name));
    this.#path.pop();
  }

  #compareItems(before: Json | undefined, after: Json | undefined, schema: ApplySchema): void {
    if (jsonEqual(before, after)) return;
    const [old, now] = [indexItems(schema, before), indexItems(schema, after)];
    for (const element of new Set([...old.keys(), ...now.keys()])) {
      this.#path.push(element);
      this.#compareSame(old.get(element) ?? [], now.get(element) ?? [], itemSchema(schema));
      this.#path.pop();
    }
  }

  /** Elements that nothing tells apart: alone they are compared as usual, several only as one. */
  #compareSame(before: readonly Json[], after: readonly Json[], schema: ApplySchema): void {
    if (before.length < 2 && after.length < 2) this.compare(before[0], after[0], schema);
    else if (before.length > 1 && after.length > 1) {
      if (!jsonEqual(before, after)) this.modified.insert(this.#path);
    } else if (before.length > 1) {
      if (after.length > 0) this.compare(undefined, after[0], schema);
      this.removed.insert(this.#path);
    } else {
      if (before.length > 0) this.compare(before[0], undefined, schema);
      this.added.insert(this.#path);
    }
  }
}

/** The forms in which two values are compared: two where a schema for anything sees them differ in form. */
function formsOf(before: Json | undefined, after: Json | undefined, schema: ApplySchema): Form[] {
  if (before === undefined) return [formOf(schema, after)];
  if (after === undefined) return [formOf(schema, before)];
  const [old, now] = [formOf(schema, before), formOf(schema, after)];
  return old === now ? [now] : [old, now];
}
