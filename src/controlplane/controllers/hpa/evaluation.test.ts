import { describe, expect, it } from 'vitest';
import type { MetricSpec } from './autoscaler.ts';
import { evaluate, type Surroundings } from './evaluation.ts';
import { metricsOf, NOW, podsOf, times } from './fixture.ts';

const rows = times(2, { use: 90 });
const around: Surroundings = {
  namespace: 'default',
  pods: podsOf(rows),
  metrics: metricsOf(rows),
  currentReplicas: 2,
  now: NOW,
};
const utilization = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization });
const cpu = (target: object): MetricSpec => ({ type: 'Resource', resource: { name: 'cpu', target } }) as MetricSpec;

describe('a metric of CPU or memory', () => {
  it('shows use in percent and as an amount', () => {
    expect(evaluate(cpu(utilization(60)), around)).toEqual({
      kind: 'proposal',
      replicas: 3,
      name: 'cpu resource utilization (percentage of request)',
      status: { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 90, averageValue: '90m' } } },
    });
  });

  it('goes by an amount alone where that is the target', () => {
    const target = { type: 'AverageValue', averageValue: '30Mi' };
    expect(evaluate({ type: 'Resource', resource: { name: 'memory', target } }, around)).toEqual({
      kind: 'proposal',
      replicas: 6,
      name: 'memory resource',
      status: { type: 'Resource', resource: { name: 'memory', current: { averageValue: '90Mi' } } },
    });
  });

  it('of one container says so', () => {
    const containerResource = { name: 'cpu', container: 'main', target: utilization(60) };
    expect(evaluate({ type: 'ContainerResource', containerResource }, around)).toMatchObject({
      replicas: 3,
      name: 'cpu container resource utilization (percentage of request)',
      status: { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'main' } },
    });
  });

  it('tolerates what its behavior says', () => {
    const replicas = (tolerance: string) =>
      (evaluate(cpu(utilization(60)), { ...around, behavior: { scaleUp: { tolerance } } }) as { replicas: number })
        .replicas;
    expect([replicas('0.5'), replicas('0.49')]).toEqual([2, 3]);
  });

  it('fails in the words of kube-controller-manager', () => {
    const silent = { ...around, metrics: { fault: 'no metrics returned from resource metrics API' } };
    const fault =
      'failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API';
    expect(evaluate(cpu(utilization(60)), silent)).toEqual({
      kind: 'failure',
      reason: 'FailedGetResourceMetric',
      fault,
      summary: `failed to get cpu resource metric value: ${fault}`,
    });
  });
});

describe('a metric that nobody serves', () => {
  const external = { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '5' } };
  const described = { kind: 'Service', name: 'web' };
  const object = { metric: { name: 'hits' }, describedObject: described, target: { type: 'Value', value: '5' } };
  const pods = { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '5' } };
  const table: [MetricSpec, string, string][] = [
    [{ type: 'Pods', pods }, 'FailedGetPodsMetric', 'unable to get metric qps: unable to fetch metrics from custom'],
    [{ type: 'Object', object }, 'FailedGetObjectMetric', 'on Service default/web'],
    [{ type: 'External', external }, 'FailedGetExternalMetric', 'unable to get external metric default/queue/nil: '],
    [{ type: 'Other' }, 'InvalidMetricSourceType', 'unknown metric source type "Other"'],
  ];
  it.each(table)('is told: %o', (metric, reason, fault) => {
    expect(evaluate(metric, around)).toMatchObject({ reason, fault: expect.stringContaining(fault) });
  });
});
