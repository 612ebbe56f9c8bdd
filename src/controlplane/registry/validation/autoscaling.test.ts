import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { autoscalingBehaviorErrors } from './autoscaling-behavior.ts';
import { autoscalingMetricErrors } from './autoscaling-metric.ts';
import { describeFieldErrors } from './field-error.ts';

const words = (errors: ReturnType<typeof autoscalingMetricErrors>) =>
  errors.length === 0 ? '' : describeFieldErrors(errors);
const percent = { type: 'Utilization', averageUtilization: 50 };
const each = { type: 'AverageValue', averageValue: '5' };

describe('a metric', () => {
  const table: [Json, string][] = [
    [{ type: 'Resource', resource: { name: 'cpu', target: percent } }, ''],
    [{ type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: '5' } } }, ''],
    [
      { type: 'Resource', resource: { target: { ...percent, averageValue: '1' } } },
      '[m.resource.name: Required value: must specify a resource name, m.resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization]',
    ],
    [
      { type: 'Resource', resource: { name: 'cpu', target: { ...each, averageValue: '-1' } } },
      'm.resource.target.averageValue: Invalid value: "-1": must be positive',
    ],
    [
      { type: 'ContainerResource', containerResource: { name: 'cpu', target: percent } },
      'm.containerResource.container: Required value: must specify a container',
    ],
    [
      { type: 'Pods', pods: { metric: {}, target: { type: 'AverageValue' } } },
      '[m.pods.metric.name: Required value: must specify a metric name, m.pods.target.averageValue: Required value: must specify a positive target averageValue]',
    ],
    [
      { type: 'External', external: { metric: { name: 'q' }, target: { ...each, value: '1' } } },
      'm.external.target.value: Forbidden: may not set both a target value for metric and a per-pod target',
    ],
    [
      { type: 'Resource', resource: { name: 'cpu', target: {} }, pods: { metric: { name: 'q' }, target: each } },
      'm.pods: Forbidden: must populate the given metric source only',
    ],
  ];
  it.each(table)('%#', (metric, refusal) => {
    expect(words(autoscalingMetricErrors(metric, 'm'))).toBe(refusal);
  });
});

describe('a behavior', () => {
  const policies = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
  const table: [Json, string][] = [
    [undefined, ''],
    [{ scaleUp: { policies, selectPolicy: 'Min', stabilizationWindowSeconds: 3600, tolerance: '50m' } }, ''],
    [
      { scaleUp: { policies: [{}], selectPolicy: 'Foo', stabilizationWindowSeconds: -1 } },
      '[b.scaleUp.stabilizationWindowSeconds: Invalid value: -1: must be greater than or equal to zero, b.scaleUp.selectPolicy: Unsupported value: "Foo": supported values: "Disabled", "Max", "Min", b.scaleUp.policies[0].type: Unsupported value: "": supported values: "Percent", "Pods", b.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero, b.scaleUp.policies[0].periodSeconds: Invalid value: 0: must be greater than zero]',
    ],
    [
      { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }], stabilizationWindowSeconds: 3601 } },
      '[b.scaleDown.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600, b.scaleDown.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800]',
    ],
    [
      { scaleDown: { policies, tolerance: '-1' } },
      'b.scaleDown.tolerance: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ];
  it.each(table)('%#', (behavior, refusal) => {
    expect(words(autoscalingBehaviorErrors(behavior, 'b'))).toBe(refusal);
  });
});
