/** The rules of a CustomResourceDefinition's schema: do they compile, see only what they may, and cost little enough? */
import type { FieldError } from '../../registry/definition.ts';
import { forbidden, invalid } from '../structural/fault.ts';
import { isObject, type StructuralSchema } from '../structural/structural-schema.ts';
import { worstCost } from './budget.ts';
import { mostInRequest } from './extent.ts';
import { compileRules, mentionsOld } from './rule.ts';

const RULE_LIMIT = 10_000_000;
const SCHEMA_LIMIT = 100_000_000;
const HINT =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

/** @param schema a structural one, without faults of its own */
export function ruleSchemaFaults(schema: StructuralSchema, path: string): FieldError[] {
  const account = { total: 0, expensive: [] as { path: string; cost: number }[] };
  const faults = walk(schema, { path, isRoot: true, count: 1, uncorrelated: undefined }, account);
  if (account.total <= SCHEMA_LIMIT) return faults;
  for (const each of account.expensive.sort((a, b) => b.cost - a.cost).slice(0, 4)) {
    const detail = 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema';
    faults.push(forbidden(each.path, detail));
  }
  const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema';
  faults.push(forbidden(path, tooCostly(what, account.total, SCHEMA_LIMIT)));
  return faults;
}

interface Place {
  readonly path: string;
  readonly isRoot: boolean;
  /** How many values of this schema one object can hold; undefined where a list or map around has no bound. */
  readonly count: number | undefined;
  /** The list around whose old elements cannot be told from another. */
  readonly uncorrelated: string | undefined;
}

interface Account {
  total: number;
  expensive: { path: string; cost: number }[];
}

function walk(schema: StructuralSchema, place: Place, account: Account): FieldError[] {
  const faults = schema['x-kubernetes-validations'] ? ownFaults(schema, place, account) : [];
  const at = (path: string, more: Partial<Place> = {}): Place => ({ ...place, path, isRoot: false, ...more });
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    faults.push(...walk(each, at(`${place.path}.properties[${name}]`), account));
  }
  const bound = schema.type === 'array' ? schema.maxItems : schema.maxProperties;
  const count = place.count === undefined || bound === undefined ? undefined : place.count * bound;
  if (isObject(schema.additionalProperties)) {
    const values = schema.additionalProperties as StructuralSchema;
    faults.push(...walk(values, at(`${place.path}.additionalProperties`, { count }), account));
  }
  if (schema.items) {
    const isKeyed = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelated = place.uncorrelated ?? (isKeyed ? undefined : place.path);
    faults.push(...walk(schema.items, at(`${place.path}.items`, { count, uncorrelated }), account));
  }
  return faults;
}

function ownFaults(schema: StructuralSchema, place: Place, account: Account): FieldError[] {
  const { rules, faults } = compileRules(schema, place.path, place.isRoot);
  const all = [...faults];
  for (const [i, rule] of schema['x-kubernetes-validations']!.entries()) {
    if (!rules.some((compiled) => compiled.rule === rule)) continue;
    const where = `${place.path}.x-kubernetes-validations[${i}]`;
    all.push(...costFaults(schema, rule.rule, 'rule', place, where, account));
    if (rule.messageExpression !== undefined) {
      all.push(...costFaults(schema, rule.messageExpression, 'messageExpression', place, where, account));
    }
    if (place.uncorrelated !== undefined && mentionsOld(rule.rule)) {
      const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelated}`;
      all.push(invalid(`${where}.rule`, rule.rule, detail));
    }
  }
  return all;
}

function costFaults(
  schema: StructuralSchema,
  expression: string,
  what: 'rule' | 'messageExpression',
  place: Place,
  where: string,
  account: Account,
): FieldError[] {
  const path = `${where}.${what}`;
  const cost = worstCost(schema, expression) * (place.count ?? mostInRequest(schema));
  account.total += cost;
  if (cost > RULE_LIMIT / 10) account.expensive.push({ path, cost });
  return cost > RULE_LIMIT ? [forbidden(path, tooCostly(`estimated ${what} cost`, cost, RULE_LIMIT))] : [];
}

function tooCostly(what: string, cost: number, limit: number): string {
  const factor = cost / limit;
  const shown = factor > 100 ? 'more than 100' : factor < 1.5 ? factor.toFixed(6) : factor.toFixed(1);
  return `${what} exceeds budget by factor of ${shown}x ${HINT}`;
}
