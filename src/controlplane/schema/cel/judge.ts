/** Runs the rules of a custom resource's schema over an object and what it was before. */
import { isDeepStrictEqual } from 'node:util';
import type { FieldError } from '../../registry/definition.ts';
import { correlatedItem } from '../structural/correlate.ts';
import { below, isObject, propertyOf, type StructuralSchema } from '../structural/structural-schema.ts';
import { Budget } from './budget.ts';
import { fieldPathOf } from './field-path.ts';
import { type CompiledRule, compileRules, type RuleSet } from './rule.ts';

/**
 * The faults that rules find in `object`, which fits its schema otherwise.
 * @param old the stored object: rules about changes see it, others pass over what has not changed
 */
export function ruleFaults(schema: StructuralSchema, object: unknown, old?: unknown): FieldError[] {
  return hasRules(schema) ? judge(schema, object, old, { path: '', isRoot: true, budget: new Budget() }) : [];
}

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  readonly budget: Budget;
}

const withRules = new WeakMap<StructuralSchema, boolean>();

/** Is there a rule anywhere in the schema? */
export function hasRules(schema: StructuralSchema): boolean {
  let answer = withRules.get(schema);
  if (answer === undefined) {
    const { properties = {}, additionalProperties, items } = schema;
    const inner = [...Object.values(properties), additionalProperties, items];
    answer =
      (schema['x-kubernetes-validations']?.length ?? 0) > 0 ||
      inner.some((each) => isObject(each) && hasRules(each as StructuralSchema));
    withRules.set(schema, answer);
  }
  return answer;
}

const compiled = new WeakMap<StructuralSchema, RuleSet>();

function rulesOf(schema: StructuralSchema, isRoot: boolean): RuleSet {
  let set = compiled.get(schema);
  if (!set) {
    set = compileRules(schema, '', isRoot);
    compiled.set(schema, set);
  }
  return set;
}

function judge(schema: StructuralSchema, value: unknown, old: unknown, place: Place): FieldError[] {
  if (place.budget.isSpent || value === null || value === undefined || !hasRules(schema)) return [];
  const own = schema['x-kubernetes-validations'] ? ownFaults(schema, value, old, place) : [];
  return [...own, ...innerFaults(schema, value, old, place)];
}

function ownFaults(schema: StructuralSchema, value: unknown, old: unknown, place: Place): FieldError[] {
  const unchanged = old !== undefined && isDeepStrictEqual(value, old);
  const faults: FieldError[] = [];
  for (const rule of rulesOf(schema, place.isRoot).rules) {
    const applies = rule.isTransition ? old !== undefined || rule.rule.optionalOldSelf === true : !unchanged;
    if (!applies) continue;
    const spent = place.budget.spend(schema, rule.rule.rule, value, old);
    const fault = spent ? valueFault(place.path, shown(value), spent) : faultOf(schema, rule, value, old, place.path);
    if (fault) faults.push(fault);
    if (spent) break;
  }
  return faults;
}

function innerFaults(schema: StructuralSchema, value: unknown, old: unknown, place: Place): FieldError[] {
  const at = (step: string | number): Place => ({ ...place, path: below(place.path, step), isRoot: false });
  if (Array.isArray(value)) {
    const { items } = schema;
    const before = Array.isArray(old) ? old : undefined;
    return items ? value.flatMap((each, i) => judge(items, each, correlatedItem(schema, each, before), at(i))) : [];
  }
  if (!isObject(value)) return [];
  const before = isObject(old) && schema['x-kubernetes-map-type'] !== 'atomic' ? old : {};
  return Object.entries(value).flatMap(([name, each]) => {
    const property = propertyOf(schema, name);
    return property ? judge(property, each, before[name], at(name)) : [];
  });
}

function faultOf(
  schema: StructuralSchema,
  compiledRule: CompiledRule,
  value: unknown,
  old: unknown,
  path: string,
): FieldError | undefined {
  const { rule } = compiledRule;
  let passed: unknown;
  try {
    passed = compiledRule.run(value, old);
  } catch (error) {
    const detail = `${runtimeWords(error)} evaluating rule: ${rule.message || rule.rule.trim()}`;
    return valueFault(path, JSON.stringify(typeName(value)), detail);
  }
  if (passed === true) return undefined;
  const detail = compiledRule.message(value, old) ?? `failed rule: ${rule.rule.trim()}`;
  const field = path + (rule.fieldPath === undefined ? '' : (fieldPathOf(schema, rule.fieldPath) ?? ''));
  return faultFor(rule.reason, field.replace(/^\./, ''), value, detail);
}

function faultFor(reason: string | undefined, field: string, value: unknown, detail: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return { reason, field, message: `Forbidden: ${detail}` };
    case 'FieldValueRequired':
      return { reason, field, message: `Required value: ${detail}` };
    case 'FieldValueDuplicate':
      return { reason, field, message: `Duplicate value: ${shown(value) || JSON.stringify(typeName(value))}` };
    default:
      return valueFault(field, shown(value), detail);
  }
}

/** Objects and lists are not repeated in a fault. */
function shown(value: unknown): string {
  return typeof value === 'object' ? '' : JSON.stringify(value);
}

function valueFault(field: string, value: string, detail: string): FieldError {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${value && `${value}: `}${detail}` };
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function runtimeWords(error: unknown): string {
  const summary = (error as { summary?: string }).summary ?? (error as Error).message;
  return summary.replace(/^No such key/, 'no such key');
}
