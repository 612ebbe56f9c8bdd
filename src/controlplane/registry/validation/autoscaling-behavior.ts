/** How fast an autoscaler may scale, and by how much. */
import type { FieldError, Json } from '../definition.ts';
import { invalid, notSupported, required } from './field-error.ts';
import { validateQuantity } from './quantity.ts';

const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICIES = ['Percent', 'Pods'];
const LONGEST_WINDOW_SECONDS = 3600;
const LONGEST_PERIOD_SECONDS = 1800;

export function autoscalingBehaviorErrors(behavior: Json, at: string): FieldError[] {
  return ['scaleUp', 'scaleDown'].flatMap((side) => rulesErrors(behavior?.[side], `${at}.${side}`));
}

function rulesErrors(rules: Json, at: string): FieldError[] {
  if (!rules) return [];
  const { selectPolicy, policies = [], tolerance } = rules;
  return [
    ...windowErrors(rules.stabilizationWindowSeconds ?? 0, `${at}.stabilizationWindowSeconds`),
    ...(selectPolicy === undefined || SELECT_POLICIES.includes(selectPolicy)
      ? []
      : [notSupported(`${at}.selectPolicy`, selectPolicy, SELECT_POLICIES)]),
    ...(policies.length > 0 ? [] : [required(`${at}.policies`, 'must specify at least one Policy')]),
    ...policies.flatMap((policy: Json, i: number) => policyErrors(policy, `${at}.policies[${i}]`)),
    ...(tolerance === undefined ? [] : validateQuantity(tolerance, `${at}.tolerance`)),
  ];
}

function windowErrors(seconds: number, field: string): FieldError[] {
  if (seconds < 0) return [invalid(field, seconds, 'must be greater than or equal to zero')];
  if (seconds <= LONGEST_WINDOW_SECONDS) return [];
  return [invalid(field, seconds, `must be less than or equal to ${LONGEST_WINDOW_SECONDS}`)];
}

function policyErrors({ type = '', value = 0, periodSeconds = 0 }: Json, at: string): FieldError[] {
  const period = `${at}.periodSeconds`;
  return [
    ...(POLICIES.includes(type) ? [] : [notSupported(`${at}.type`, type, POLICIES)]),
    ...(value > 0 ? [] : [invalid(`${at}.value`, value, 'must be greater than zero')]),
    ...(periodSeconds > 0 ? [] : [invalid(period, periodSeconds, 'must be greater than zero')]),
    ...(periodSeconds <= LONGEST_PERIOD_SECONDS
      ? []
      : [invalid(period, periodSeconds, `must be less than or equal to ${LONGEST_PERIOD_SECONDS}`)]),
  ];
}
