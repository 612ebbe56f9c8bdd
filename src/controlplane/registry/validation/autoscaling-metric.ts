/** What an autoscaler goes by: one source a metric, and a target that fits it. */
import type { FieldError, Json } from '../definition.ts';
import { forbidden, invalid, optionalOneOf, required } from './field-error.ts';
import { dnsLabel } from './names.ts';
import { isZero, validateQuantity } from './quantity.ts';

/** A metric's type and the field that holds it. */
export const METRIC_SOURCES: Readonly<Record<string, string>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
};

export function autoscalingMetricErrors(metric: Json, at: string): FieldError[] {
  const type = [
    ...(metric.type ? [] : [required(`${at}.type`, 'must specify a metric source type')]),
    ...optionalOneOf(`${at}.type`, metric.type ?? '', Object.keys(METRIC_SOURCES)),
  ];
  if (type.length > 0) return type;
  const field = METRIC_SOURCES[metric.type]!;
  if (!metric[field]) return [required(`${at}.${field}`, 'must populate information for the given metric source')];
  const first = ORDER.find((each) => metric[each])!;
  const others = Object.values(METRIC_SOURCES).filter((other) => other !== field && metric[other]);
  return [
    ...others.map((other) => forbidden(`${at}.${other}`, 'must populate the given metric source only')),
    ...sourceErrors(metric[first], first, `${at}.${first}`),
  ];
}

/** Of several sources only the first is looked into. */
const ORDER = ['object', 'external', 'pods', 'resource', 'containerResource'];

function sourceErrors(source: Json, field: string, at: string): FieldError[] {
  const { target = {} } = source;
  return [
    ...nameErrors(source, field, at),
    ...targetErrors(target, `${at}.target`),
    ...amountErrors(target, field, `${at}.target`),
  ];
}

function nameErrors({ name, metric, container }: Json, field: string, at: string): FieldError[] {
  if (field !== 'resource' && field !== 'containerResource')
    return metric?.name ? [] : [required(`${at}.metric.name`, 'must specify a metric name')];
  const errors = name ? [] : [required(`${at}.name`, 'must specify a resource name')];
  if (field === 'resource') return errors;
  if (!container) return [...errors, required(`${at}.container`, 'must specify a container')];
  return [...errors, ...dnsLabel(container).map((fault) => invalid(`${at}.container`, container, fault))];
}

const TARGETS = ['Utilization', 'Value', 'AverageValue'];

function targetErrors(target: Json, at: string): FieldError[] {
  const { type = '', averageUtilization, value, averageValue } = target;
  return [
    ...(type ? [] : [required(`${at}.type`, 'must specify a metric target type')]),
    ...(TARGETS.includes(type)
      ? []
      : [invalid(`${at}.type`, type, 'must be either Utilization, Value, or AverageValue')]),
    ...positiveErrors(value, `${at}.value`),
    ...positiveErrors(averageValue, `${at}.averageValue`),
    ...(averageUtilization < 1
      ? [invalid(`${at}.averageUtilization`, averageUtilization, 'must be greater than 0')]
      : []),
  ];
}

function positiveErrors(amount: Json, field: string): FieldError[] {
  if (amount === undefined || amount === null) return [];
  return isZero(amount) || validateQuantity(amount, field).length > 0
    ? [invalid(field, String(amount), 'must be positive')]
    : [];
}

/** Which of the target's amounts a source goes by. */
function amountErrors({ averageUtilization, averageValue, value }: Json, field: string, at: string): FieldError[] {
  const [perPod, raw, percent] = [averageValue, value, averageUtilization].map((amount) => amount != null);
  switch (field) {
    case 'pods':
      return perPod ? [] : [required(`${at}.averageValue`, 'must specify a positive target averageValue')];
    case 'object':
      return raw || perPod ? [] : [required(`${at}.averageValue`, 'must set either a target value or averageValue')];
    case 'external':
      if (raw && perPod)
        return [forbidden(`${at}.value`, 'may not set both a target value for metric and a per-pod target')];
      return raw || perPod
        ? []
        : [required(`${at}.averageValue`, 'must set either a target value for metric or a per-pod target')];
    default:
      if (percent && perPod)
        return [forbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization')];
      return percent || perPod
        ? []
        : [required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization')];
  }
}
