/** Expressions over objects whose types nobody knows beforehand, as policies have them. */

import { isObject } from '../structural/structural-schema.ts';
import { celEnvironment } from './environment.ts';
import { celName } from './field-name.ts';
import { withPresence } from './presence.ts';
import { checkFault } from './rule.ts';

/** Names of what an expression sees, each of any type. */
export type Names = readonly string[];

export type Expression = (values: Readonly<Record<string, unknown>>) => unknown;

/** What is wrong with it; undefined where nothing is. */
export function expressionFault(text: string, names: Names, type: string): string | undefined {
  const fault = checkFault(environmentOf(names), text, type);
  if (!fault || (type === 'dyn' && !fault.error)) return undefined;
  return fault.error ? `compilation failed: ${fault.error}` : `must evaluate to ${type} but got ${fault.found}`;
}

/** Throws {@link EvaluationFault} when it is run and has no value, or cannot be read at all. */
export function expression(text: string, names: Names): Expression {
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof EvaluationFault) throw error;
      throw new EvaluationFault(error instanceof Error ? error.message.split('\n', 1)[0]! : String(error));
    }
  };
  let run: ((values: object) => unknown) | undefined;
  return (values) =>
    guarded(() => {
      run ??= environmentOf(names).parse(withPresence(text));
      return run(values);
    });
}

export class EvaluationFault extends Error {}

function environmentOf(names: Names) {
  const environment = celEnvironment();
  for (const name of names) environment.registerVariable(name, 'dyn');
  return environment;
}

/** A JSON value as CEL sees it: whole numbers are ints, and fields go by their escaped names too. */
export function untyped(value: unknown): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (Array.isArray(value)) return value.map(untyped);
  if (!isObject(value)) return value ?? null;
  const result: Record<string, unknown> = {};
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    const [seen, escaped] = [untyped(each), celName(key)];
    result[key] = seen;
    if (escaped && escaped !== key) Object.defineProperty(result, escaped, { value: seen });
  }
  return result;
}
