/** One ValidatingAdmissionPolicy, read once for each version of it: its expressions, ready to be asked of a write. */
import type { Json } from '../../registry/definition.ts';
import { asksAuthorizer, POLICY_NAMES as NAMES } from '../../registry/validation/policy-expressions.ts';
import { EvaluationFault, type Expression, expression, untyped } from '../../schema/index.ts';

/** What a write shows, under the names that expressions have for it. */
export type Scene = Readonly<Record<Exclude<(typeof NAMES)[number], 'variables'>, unknown>>;

export interface Verdict {
  readonly message: string;
  readonly reason: string;
}

interface Validation {
  readonly holds: Expression;
  readonly text: string;
  readonly message: string | undefined;
  readonly say: Expression | undefined;
  readonly reason: string;
}

const policies = new WeakMap<Json, Policy>();

/** `object` is shared, so that each version is read once. */
export function policyOf(object: Json): Policy {
  let policy = policies.get(object);
  if (!policy) {
    policy = new Policy(object.spec);
    policies.set(object, policy);
  }
  return policy;
}

export class Policy {
  /** Is a fault of the policy itself passed over? */
  readonly lenient: boolean;
  readonly #isJudged: boolean;
  readonly #conditions: readonly Expression[];
  readonly #variables: readonly (readonly [name: string, value: Expression])[];
  readonly #validations: readonly Validation[];

  constructor(spec: Json) {
    const { failurePolicy, matchConditions = [], variables = [], validations = [] } = spec;
    this.#isJudged = !asksAuthorizer(spec);
    this.lenient = failurePolicy === 'Ignore';
    this.#conditions = matchConditions.map((condition: Json) => expression(condition.expression, NAMES));
    this.#variables = variables.map((one: Json) => [one.name, expression(one.expression, NAMES)] as const);
    this.#validations = validations.map(validationOf);
  }

  /** What it has against the write, one verdict a validation that does not hold. */
  judge(scene: Scene): Verdict[] {
    if (!this.#isJudged) return [];
    const values = { ...scene, variables: this.#variablesOf(scene) };
    try {
      if (!this.#conditions.every((condition) => condition(values) === true)) return [];
    } catch (error) {
      return this.fault(`matchConditions: ${messageOf(error)}`);
    }
    return this.#validations.flatMap((validation) => this.#verdict(validation, values));
  }

  /** Something is wrong with the policy, its binding or its parameters. */
  fault(message: string): Verdict[] {
    return this.lenient ? [] : [{ message, reason: 'Invalid' }];
  }

  #verdict(validation: Validation, values: Readonly<Record<string, unknown>>): Verdict[] {
    try {
      if (validation.holds(values) === true) return [];
    } catch (error) {
      return this.fault(`expression '${validation.text}' resulted in error: ${messageOf(error)}`);
    }
    return [{ message: saidBy(validation, values), reason: validation.reason }];
  }

  /** Worked out when first asked for, in terms of those before them. */
  #variablesOf(scene: Scene): object {
    const variables = {};
    for (const [name, value] of this.#variables) {
      const get = once(() => value({ ...scene, variables }));
      Object.defineProperty(variables, name, { get, enumerable: true });
    }
    return variables;
  }
}

function validationOf({ expression: text, message, messageExpression, reason = 'Invalid' }: Json): Validation {
  const say = messageExpression ? expression(messageExpression, NAMES) : undefined;
  return { holds: expression(text, NAMES), text, message, say, reason };
}

function saidBy({ say, message, text }: Validation, values: Readonly<Record<string, unknown>>): string {
  try {
    const said = say?.(values);
    if (typeof said === 'string' && said.trim() !== '' && !/[\r\n]/.test(said)) return said;
  } catch (error) {
    if (!(error instanceof EvaluationFault)) throw error;
  }
  return message?.trim() || `failed expression: ${text.trim()}`;
}

function messageOf(error: unknown): string {
  if (error instanceof EvaluationFault) return error.message;
  throw error;
}

export function once<T>(make: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: make() };
    return known.value;
  };
}

/** A version of an object, converted once for all policies that look at it. */
export function seen(value: Json | undefined): unknown {
  return untyped(value ?? null);
}
