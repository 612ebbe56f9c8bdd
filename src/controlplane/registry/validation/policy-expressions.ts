/** The expressions of a ValidatingAdmissionPolicy: what they may name, and whether they can be read. */
import { expressionFault } from '../../schema/index.ts';
import type { FieldError, Json } from '../definition.ts';
import { invalid } from './field-error.ts';

/** What expressions see of a write. */
export const POLICY_NAMES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables'] as const;
/** Not known here: what asks it is not judged. */
const AUTHORIZER = /\bauthorizer\b/;

export function policyExpressionFaults({ matchConditions = [], variables = [], validations = [] }: Json): FieldError[] {
  const faults = (list: Json[], at: string, type: string, field = 'expression') =>
    list.flatMap((one, i) => faultOf(one[field], `spec.${at}[${i}].${field}`, type));
  return [
    ...faults(matchConditions, 'matchConditions', 'bool'),
    ...faults(variables, 'variables', 'dyn'),
    ...faults(validations, 'validations', 'bool'),
    ...faults(validations, 'validations', 'string', 'messageExpression'),
  ];
}

/** Does any of them ask for something that is not known here? */
export function asksAuthorizer({ matchConditions = [], variables = [], validations = [] }: Json): boolean {
  const texts = [...matchConditions, ...variables, ...validations].map(({ expression }: Json) => expression);
  return texts.some((text) => AUTHORIZER.test(text));
}

function faultOf(text: unknown, field: string, type: string): FieldError[] {
  if (typeof text !== 'string' || text.trim() === '' || AUTHORIZER.test(text)) return [];
  const fault = expressionFault(text, POLICY_NAMES, type);
  return fault ? [invalid(field, text, fault)] : [];
}
