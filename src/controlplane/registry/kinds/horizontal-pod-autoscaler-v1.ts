/**
 * autoscaling/v1: the same autoscalers, seen through one number for CPU. What v1 has no fields for travels in
 * annotations, so that a client of v1 that writes back what it read loses nothing.
 */
import type { Json, ResourceDefinition } from '../definition.ts';
import { horizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts';

export const horizontalPodAutoscalersV1: ResourceDefinition = {
  ...horizontalPodAutoscalers,
  version: 'v1',
  storedAs: 'autoscaling/horizontalpodautoscalers',
  toStored,
  fromStored,
};

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

function toStored({ metadata = {}, spec = {}, status, ...rest }: Json): Json {
  const { targetCPUUtilizationPercentage, ...plain } = spec;
  const {
    [METRICS]: others,
    [BEHAVIOR]: behavior,
    [CURRENT]: _,
    [CONDITIONS]: conditions,
    ...annotations
  } = metadata.annotations ?? {};
  const cpu =
    targetCPUUtilizationPercentage === undefined
      ? []
      : [cpuMetric({ averageUtilization: targetCPUUtilizationPercentage })];
  return {
    ...rest,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(metadata, annotations),
    spec: {
      ...plain,
      ...given('metrics', [...cpu, ...(read(others) ?? [])]),
      ...given('behavior', read(behavior)),
    },
    ...(status && { status: storedStatus(status, read(conditions)) }),
  };
}

function storedStatus({ currentCPUUtilizationPercentage: percent, ...plain }: Json, conditions: Json): Json {
  const current = { averageUtilization: percent };
  return {
    ...plain,
    currentMetrics: percent === undefined ? null : [{ type: 'Resource', resource: { name: 'cpu', current } }],
    ...given('conditions', conditions),
  };
}

function fromStored({ metadata, spec = {}, status = {}, ...rest }: Json): Json {
  const { metrics = [], behavior, ...plain } = spec;
  const { currentMetrics, conditions, ...plainStatus } = status;
  const cpu = metrics.find(isCpuPercent);
  const percent = (currentMetrics ?? []).find((m: Json) => m.resource?.name === 'cpu')?.resource.current
    .averageUtilization;
  const annotations = {
    ...metadata.annotations,
    ...written(
      METRICS,
      metrics.filter((m: Json) => m !== cpu),
    ),
    ...written(BEHAVIOR, behavior),
    ...written(CONDITIONS, conditions),
  };
  return {
    ...rest,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(metadata, annotations),
    spec: { ...plain, ...given('targetCPUUtilizationPercentage', cpu?.resource.target.averageUtilization) },
    status: { currentReplicas: 0, ...plainStatus, ...given('currentCPUUtilizationPercentage', percent) },
  };
}

function cpuMetric(target: Json): Json {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', ...target } } };
}

function isCpuPercent({ type, resource }: Json): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target?.averageUtilization !== undefined;
}

function withAnnotations({ annotations: _, ...metadata }: Json, annotations: Json): Json {
  return { ...metadata, ...given('annotations', annotations) };
}

/** The field, unless there is nothing in it. */
function given(field: string, value: Json): Json {
  const isEmpty = value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
  return isEmpty ? {} : { [field]: value };
}

function written(annotation: string, value: Json): Json {
  return given(annotation, value)[annotation] === undefined ? {} : { [annotation]: JSON.stringify(value) };
}

/** An annotation's JSON; what is none is left out, as nobody can be told where it came from. */
function read(text: string | undefined): Json {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
