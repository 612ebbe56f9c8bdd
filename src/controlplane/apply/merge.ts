/** Structured merge: what is applied on top of what is there. Nothing is removed. */
import { type Json, type JsonObject, put } from '../../kube/index.ts';
import type { ApplySchema } from '../schema/index.ts';
import type { PathElement } from './path-element.ts';
import {
  elementOf,
  entriesOf,
  fieldOf,
  fieldSchema,
  formOf,
  indexItems,
  isAtomic,
  isEmptyAs,
  itemSchema,
  itemsOf,
} from './typed-value.ts';

/** Undefined stands for a side that is missing; the answer is undefined where nothing is left to say. */
export function merge(live: Json | undefined, applied: Json | undefined, schema: ApplySchema): Json | undefined {
  if (applied === undefined && live === undefined) return undefined;
  const form = formOf(schema, applied === undefined ? live : applied);
  const isWhole = isAtomic(schema, form) || (isEmptyAs(form, live) && isEmptyAs(form, applied));
  if (isWhole) return applied === undefined ? live : applied;
  return form === 'map' ? mergeFields(live, applied, schema) : mergeItems(live, applied, schema);
}

function mergeFields(live: Json | undefined, applied: Json | undefined, schema: ApplySchema): Json | undefined {
  const merged: JsonObject = {};
  const add = (name: string, value: Json | undefined) => {
    if (value !== undefined) put(merged, name, value);
  };
  for (const [name, value] of entriesOf(live)) {
    add(name, merge(value, fieldOf(applied, name), fieldSchema(schema, name)));
  }
  for (const [name, value] of entriesOf(applied)) {
    if (fieldOf(live, name) === undefined) add(name, merge(undefined, value, fieldSchema(schema, name)));
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

interface Item {
  readonly element: PathElement;
  readonly value: Json;
}

function mergeItems(live: Json | undefined, applied: Json | undefined, schema: ApplySchema): Json | undefined {
  const [old, now] = [itemList(schema, live), itemList(schema, applied)];
  const [oldIndex, nowIndex] = [indexItems(schema, live), indexItems(schema, applied)];
  const merged: Json[] = [];
  for (const { element, value } of interleave(old, now)) {
    const change = nowIndex.get(element)?.[0];
    const item = change === undefined ? merge(value, undefined, itemSchema(schema)) : mergeSame(element, change);
    if (item !== undefined) merged.push(item);
  }
  return merged.length > 0 ? merged : undefined;

  /** Of several live elements that nothing tells apart none is merged: the applied one replaces them. */
  function mergeSame(element: PathElement, change: Json): Json | undefined {
    const before = oldIndex.get(element) ?? [];
    return merge(before.length > 1 ? null : before[0], change, itemSchema(schema));
  }
}

/**
 * Applied elements in their order, live ones that are not applied in theirs. A live one stays in front of the applied
 * ones that follow it, as far as the applied order allows.
 */
function interleave(live: readonly Item[], applied: readonly Item[]): Item[] {
  const liveElements = new Set(live.map((item) => item.element));
  const appliedElements = new Set(applied.map((item) => item.element));
  const shared = applied.map((item) => item.element).filter((element) => liveElements.has(element));
  const merged: Item[] = [];
  const done = new Set<PathElement>();
  let [l, r, s] = [0, 0, 0];
  const takeApplied = () => {
    const item = applied[r++]!;
    if (shared[s] === item.element) s++;
    done.add(item.element);
    merged.push(item);
  };
  while (l < live.length || r < applied.length) {
    const here = live[l];
    if (here && r < applied.length) {
      if (here.element === applied[r]!.element) {
        l++;
        takeApplied();
        continue;
      }
      if (appliedElements.has(here.element) && s < shared.length && shared[s] !== here.element) {
        l++;
        continue;
      }
    }
    if (here && !appliedElements.has(here.element)) {
      merged.push(here);
      l++;
      continue;
    }
    if (here && done.has(here.element)) l++;
    if (r < applied.length) takeApplied();
  }
  return merged;
}

function itemList(schema: ApplySchema, value: Json | undefined): Item[] {
  return itemsOf(value).flatMap((item) => {
    const element = elementOf(schema, item);
    return element instanceof Error ? [] : [{ element, value: item }];
  });
}
