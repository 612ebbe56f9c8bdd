import { describe, expect, it } from 'vitest';
import type { Json } from '../definition.ts';
import { horizontalPodAutoscalersV1 } from './horizontal-pod-autoscaler-v1.ts';

const v1 = (object: Json) => horizontalPodAutoscalersV1.fromStored!(structuredClone(object));
const v2 = (object: Json) => horizontalPodAutoscalersV1.toStored!(structuredClone(object));
const cpu = (averageUtilization: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } },
});

const simple = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'x' },
  spec: { maxReplicas: 3, metrics: [cpu(50)] },
  status: { currentReplicas: 1, desiredReplicas: 2, currentMetrics: null },
};

describe('an autoscaler seen through autoscaling/v1', () => {
  it('has its CPU target as a number', () => {
    expect(v1(simple)).toEqual({
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'x' },
      spec: { maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
      status: { currentReplicas: 1, desiredReplicas: 2 },
    });
  });

  it('is the same when it is written back', () => {
    expect(v2(v1(simple))).toEqual(simple);
  });

  it('keeps in annotations what v1 has no fields for', () => {
    const rich = structuredClone<Json>(simple);
    rich.spec.metrics.push({ type: 'Pods', pods: { metric: { name: 'qps' }, target: { averageValue: '5' } } });
    rich.spec.behavior = { scaleDown: { selectPolicy: 'Disabled' } };
    rich.status.conditions = [{ type: 'AbleToScale', status: 'True' }];
    rich.metadata.annotations = { own: 'x' };
    expect(Object.keys(v1(rich).metadata.annotations)).toHaveLength(4);
    expect(v2(v1(rich))).toEqual(rich);
  });

  it('shows the CPU use of its status', () => {
    const used = { resource: { name: 'cpu', current: { averageUtilization: 42 } } };
    expect(v1({ ...simple, status: { currentMetrics: [used] } }).status).toEqual({
      currentReplicas: 0,
      currentCPUUtilizationPercentage: 42,
    });
  });
});
