/** What rules may cost: each by itself, and all of one object together. */
import type { Environment } from '@marcbachmann/cel-js';
import type { StructuralSchema } from '../structural/structural-schema.ts';
import { costOf } from './cost.ts';
import { celEnvironment } from './environment.ts';
import { type Extent, extentOfSchema, extentOfValues } from './extent.ts';

const CALL_LIMIT = 1_000_000;
const OBJECT_LIMIT = 10_000_000;

let parser: Environment | undefined;

/** The most that `expression` may cost where `self` and `oldSelf` are so large; it must be one that parses. */
export function expressionCost(expression: string, self: Extent): number {
  parser ??= celEnvironment();
  const { ast } = parser.parse(expression);
  return costOf(
    ast,
    new Map([
      ['self', self],
      ['oldSelf', self],
    ]),
  );
}

const worst = new WeakMap<StructuralSchema, Map<string, number>>();

/** The same for the largest value that the schema allows. */
export function worstCost(schema: StructuralSchema, expression: string): number {
  const costs = worst.get(schema) ?? new Map<string, number>();
  worst.set(schema, costs);
  let cost = costs.get(expression);
  if (cost === undefined) {
    cost = expressionCost(expression, extentOfSchema(schema));
    costs.set(expression, cost);
  }
  return cost;
}

/** The running account of one object's rules. Rules that are cheap for every value are not looked at again. */
export class Budget {
  #left = OBJECT_LIMIT;

  /** No rule is run any more. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Takes the cost of a rule on a value; answers why not where it is too much. */
  spend(schema: StructuralSchema, rule: string, value: unknown, old: unknown): string | undefined {
    const most = worstCost(schema, rule);
    const cost = most <= CALL_LIMIT / 100 ? most : expressionCost(rule, extentOfValues([value, old]));
    if (cost > CALL_LIMIT) {
      this.#left = -1;
      return `no further validation rules will be run due to call cost exceeds limit for rule: ${rule}`;
    }
    this.#left -= cost;
    if (this.#left >= 0) return undefined;
    return 'validation failed due to running out of cost budget, no further validation rules will be run';
  }
}
