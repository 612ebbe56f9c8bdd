/** One metric of an autoscaler against the Pods: the replicas it asks for and what the status shows, or what is wrong. */
import { formatQuantity, milli, type Pod, quantityOfMilli, selectorOf } from '../../../kube/index.ts';
import type { Behavior, MetricSpec, MetricStatus, MetricTarget } from './autoscaler.ts';
import { replicasFor, type Tolerance } from './replicas.ts';
import { type PodMetrics, samplesOf } from './samples.ts';

export interface Surroundings {
  readonly namespace: string;
  readonly pods: readonly Pod[];
  /** Of those Pods; in words why there are none. */
  readonly metrics: readonly PodMetrics[] | { readonly fault: string };
  readonly currentReplicas: number;
  readonly behavior?: Behavior;
  readonly now: number;
}

export interface Proposal {
  readonly kind: 'proposal';
  readonly replicas: number;
  /** What it follows from, for events. */
  readonly name: string;
  readonly status: MetricStatus;
}

export interface Failure {
  readonly kind: 'failure';
  /** Of the condition and of the event: `FailedGetResourceMetric`. */
  readonly reason: string;
  readonly fault: string;
  /** The fault as one of several metrics. */
  readonly summary: string;
}

const TOLERANCE = 0.1;

export function evaluate(metric: MetricSpec, around: Surroundings): Proposal | Failure {
  switch (metric.type) {
    case 'Resource':
      return ofResource(metric, around);
    case 'ContainerResource':
      return ofContainer(metric, around);
    case 'Pods':
      return ofPods(metric);
    case 'Object':
      return ofObject(metric, around.namespace);
    case 'External':
      return ofExternal(metric, around.namespace);
    default: {
      const fault = `unknown metric source type ${JSON.stringify(metric.type)}`;
      return { kind: 'failure', reason: 'InvalidMetricSourceType', fault, summary: fault };
    }
  }
}

function ofResource({ resource }: MetricSpec, around: Surroundings): Proposal | Failure {
  const { name, target } = resource!;
  const found = measured(name, target, undefined, around);
  if ('fault' in found) return failure('FailedGetResourceMetric', `${name} resource metric value`, found.fault);
  const { replicas, current } = found;
  return {
    kind: 'proposal',
    replicas,
    name: nameOf(name, target, 'resource'),
    status: { type: 'Resource', resource: { name, current } },
  };
}

function ofContainer({ containerResource }: MetricSpec, around: Surroundings): Proposal | Failure {
  const { name, target, container } = containerResource!;
  const found = measured(name, target, container, around);
  if ('fault' in found)
    return failure('FailedGetContainerResourceMetric', `${container} container metric value`, found.fault);
  const { replicas, current } = found;
  return {
    kind: 'proposal',
    replicas,
    name: nameOf(name, target, 'container resource'),
    status: { type: 'ContainerResource', containerResource: { name, container, current } },
  };
}

function nameOf(resource: string, { averageValue }: MetricTarget, source: string): string {
  return averageValue === undefined
    ? `${resource} ${source} utilization (percentage of request)`
    : `${resource} resource`;
}

type Found = { readonly replicas: number; readonly current: { averageUtilization?: number; averageValue: string } };

function measured(
  resource: string,
  { averageValue, averageUtilization }: MetricTarget,
  container: string | undefined,
  { pods, metrics, currentReplicas, behavior, now }: Surroundings,
): Found | { readonly fault: string } {
  const target = averageValue === undefined ? { utilization: averageUtilization! } : { value: milli(averageValue) };
  if (averageValue === undefined && averageUtilization === undefined)
    return {
      fault:
        'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set',
    };
  const prefix = `failed to get ${resource} ${averageValue === undefined ? 'utilization' : 'usage'}: `;
  if ('fault' in metrics) return { fault: `${prefix}unable to get metrics for resource ${resource}: ${metrics.fault}` };
  const answer = replicasFor({
    pods,
    samples: samplesOf(metrics, resource, container),
    resource,
    ...(container !== undefined && { container }),
    currentReplicas,
    target,
    tolerance: toleranceOf(behavior),
    now,
  });
  if ('fault' in answer) return { fault: prefix + answer.fault };
  const { replicas, average, utilization } = answer;
  const format = resource === 'memory' ? 'BinarySI' : 'DecimalSI';
  return {
    replicas,
    current: {
      ...(utilization !== undefined && { averageUtilization: utilization }),
      averageValue: formatQuantity(quantityOfMilli(average, format)),
    },
  };
}

function toleranceOf(behavior: Behavior | undefined): Tolerance {
  const of = (text: string | undefined) => (text === undefined || text === null ? TOLERANCE : milli(text) / 1000);
  return { up: of(behavior?.scaleUp?.tolerance), down: of(behavior?.scaleDown?.tolerance) };
}

const NO_CUSTOM =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
const NO_EXTERNAL =
  'unable to fetch metrics from external metrics API: the server could not find the requested resource';

/** Nobody serves metrics of these kinds here; the words are those of a cluster in which nobody does. */
function ofPods({ pods }: MetricSpec): Failure {
  return failure('FailedGetPodsMetric', 'pods metric value', `unable to get metric ${pods?.metric.name}: ${NO_CUSTOM}`);
}

function ofObject({ object }: MetricSpec, namespace: string): Failure {
  const { describedObject, metric, target } = object!;
  const { kind, name } = describedObject;
  const fault = `unable to get metric ${metric.name}: ${NO_CUSTOM} on ${kind} ${namespace}/${name}`;
  const detail = target.type === 'AverageValue' ? `failed to get ${metric.name} object metric: ` : '';
  return failure('FailedGetObjectMetric', `object metric value`, fault, detail);
}

function ofExternal({ external }: MetricSpec, namespace: string): Failure {
  const { name, selector } = external!.metric;
  const labels = selector ? selectorOf(selector).toString() : 'nil';
  const fault = `unable to get external metric ${namespace}/${name}/${labels}: ${NO_EXTERNAL}`;
  const perPod = external!.target.averageValue !== undefined;
  const detail = perPod ? `failed to get ${name} external metric: ` : `failed to get external metric ${name}: `;
  return failure('FailedGetExternalMetric', `${name} external metric value`, fault, detail);
}

function failure(reason: string, what: string, fault: string, detail = ''): Failure {
  return { kind: 'failure', reason, fault, summary: `failed to get ${what}: ${detail}${fault}` };
}
