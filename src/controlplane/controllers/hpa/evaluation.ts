/** One metric of an autoscaler against the Pods: the replicas it asks for and what the status shows, or what is wrong. */
import { formatQuantity, milli, type Pod, quantityOfMilli } from '../../../kube/index.ts';
import type { Behavior, MetricSpec, MetricStatus, MetricTarget } from './autoscaler.ts';
import { replicasFor, type Tolerance } from './replicas.ts';
import { type PodMetrics, samplesOf } from './samples.ts';

export interface Surroundings {
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
      return unserved('FailedGetPodsMetric', 'pods metric value', podsFault(metric));
    case 'Object':
      return unserved('FailedGetObjectMetric', 'object metric value', objectFault(metric));
    case 'External':
      return unserved(
        'FailedGetExternalMetric',
        `${metric.external?.metric.name} external metric value`,
        externalFault(metric),
      );
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
  'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered';

function podsFault({ pods }: MetricSpec): string {
  return `unable to get metric ${pods?.metric.name}: ${NO_CUSTOM}`;
}

function objectFault({ object }: MetricSpec): string {
  const { kind, name } = object?.describedObject ?? { kind: '', name: '' };
  return `unable to get metric ${object?.metric.name}: ${NO_CUSTOM} on ${kind} ${name}`;
}

function externalFault({ external }: MetricSpec): string {
  return `unable to get external metric ${external?.metric.name}: ${NO_EXTERNAL}`;
}

function unserved(reason: string, what: string, fault: string): Failure {
  return failure(reason, what, fault);
}

function failure(reason: string, what: string, fault: string): Failure {
  return { kind: 'failure', reason, fault, summary: `failed to get ${what}: ${fault}` };
}
