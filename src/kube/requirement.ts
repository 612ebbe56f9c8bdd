/** One condition on one label: `tier in (a,b)`; and what may be written in it. */
import { labelKeyErrors, labelValueErrors } from './label.ts';
import { failure } from './status.ts';

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

/** One condition on one label. `gt` and `lt` compare integers. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A requirement that is known to be well formed. Throws BadRequest. */
export function requirement(key: string, operator: Operator, values: readonly string[]): Requirement {
  const faults = requirementErrors(key, operator, values);
  if (faults.length > 0) throw failure('BadRequest', faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`);
  return { key, operator, values };
}

/** What is wrong with a requirement, each fault as a field error in words. */
export function requirementErrors(key: string, operator: Operator, values: readonly string[]): string[] {
  const keyFaults = labelKeyErrors(key);
  return [
    ...(keyFaults.length > 0 ? [`key: Invalid value: ${JSON.stringify(key)}: ${keyFaults.join('; ')}`] : []),
    ...countErrors(operator, values),
    ...values.flatMap((value, i) => valueErrors(key, operator, value, i)),
  ];
}

export function requirementHolds({ operator, values }: Requirement, label: string | undefined): boolean {
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return label !== undefined && values.includes(label);
    case '!=':
    case 'notin':
      return label === undefined || !values.includes(label);
    case 'exists':
      return label !== undefined;
    case '!':
      return label === undefined;
    default:
      return label !== undefined && compares(operator, integer(label), integer(values[0]!));
  }
}

export function printRequirement({ key, operator, values }: Requirement): string {
  const list = values.toSorted().join(',');
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`;
    default:
      return `${key}${{ '=': '=', '==': '==', '!=': '!=', gt: '>', lt: '<' }[operator]}${list}`;
  }
}

function countErrors(operator: Operator, values: readonly string[]): string[] {
  const invalid = (detail: string) => [
    `values: Invalid value: ${values.length ? JSON.stringify(values) : 'null'}: ${detail}`,
  ];
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length > 0 ? [] : invalid("for 'in', 'notin' operators, values set can't be empty");
    case 'exists':
    case '!':
      return values.length === 0 ? [] : invalid('values set must be empty for exists and does not exist');
    case 'gt':
    case 'lt':
      return values.length === 1 ? [] : invalid("for 'Gt', 'Lt' operators, exactly one value is required");
    default:
      return values.length === 1 ? [] : invalid('exact-match compatibility requires one single value');
  }
}

function valueErrors(key: string, operator: Operator, value: string, index: number): string[] {
  const text = JSON.stringify(value);
  const notInteger = (operator === 'gt' || operator === 'lt') && integer(value) === undefined;
  const faults = labelValueErrors(value);
  return [
    ...(notInteger
      ? [`values[${index}]: Invalid value: ${text}: for 'Gt', 'Lt' operators, the value must be an integer`]
      : []),
    ...(faults.length > 0 ? [`values[${index}][${key}]: Invalid value: ${text}: ${faults.join('; ')}`] : []),
  ];
}

function compares(operator: 'gt' | 'lt', label: bigint | undefined, bound: bigint | undefined): boolean {
  if (label === undefined || bound === undefined) return false;
  return operator === 'gt' ? label > bound : label < bound;
}

function integer(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
