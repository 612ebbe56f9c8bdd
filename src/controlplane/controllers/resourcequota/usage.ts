/** What objects count for against a ResourceQuota. */

import { isFinished } from '../../../control/index.ts';
import {
  addQuantities,
  type core,
  formatQuantity,
  type PersistentVolumeClaim,
  type Pod,
  parseQuantity,
  type Quantity,
  type Served,
  type Service,
} from '../../../kube/index.ts';

export type ResourceQuota = Served<core.ResourceQuota>;
export type Usage = Map<string, Quantity>;

const ONE = parseQuantity('1');
const ZERO = parseQuantity('0');

export function add(usage: Usage, resource: string, amount: Quantity): void {
  usage.set(resource, addQuantities(usage.get(resource) ?? ZERO, amount));
}

/** Containers at once, or the largest init container if that is more; restartable init containers stay beside both. */
export function podUsage(pod: Pod): Usage {
  const usage: Usage = new Map([
    ['pods', ONE],
    ['count/pods', ONE],
  ]);
  if (isFinished(pod)) return new Map([['count/pods', ONE]]);
  for (const side of ['requests', 'limits'] as const) {
    for (const [resource, amount] of podTotal(pod, side)) {
      if (side === 'limits' || isPlain(resource)) add(usage, `${side}.${resource}`, amount);
      if (side === 'requests' && isPlain(resource)) add(usage, resource, amount);
      else if (side === 'requests') add(usage, `requests.${resource}`, amount);
    }
  }
  return usage;
}

export function serviceUsage({ spec }: Service): Usage {
  const usage: Usage = new Map([
    ['services', ONE],
    ['count/services', ONE],
  ]);
  const nodePorts = (spec.ports ?? []).filter((port) => port.nodePort).length;
  const open =
    spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
  if (open) usage.set('services.nodeports', parseQuantity(nodePorts));
  if (spec.type === 'LoadBalancer') usage.set('services.loadbalancers', ONE);
  return usage;
}

export function claimUsage({ spec }: PersistentVolumeClaim): Usage {
  const usage: Usage = new Map([
    ['persistentvolumeclaims', ONE],
    ['count/persistentvolumeclaims', ONE],
  ]);
  const storage = parseQuantity((spec.resources?.requests?.storage as string | undefined) ?? '0');
  usage.set('requests.storage', storage);
  if (!spec.storageClassName) return usage;
  const prefix = `${spec.storageClassName}.storageclass.storage.k8s.io`;
  usage.set(`${prefix}/requests.storage`, storage);
  usage.set(`${prefix}/persistentvolumeclaims`, ONE);
  return usage;
}

export function inScope(quota: ResourceQuota, pod: Pod): boolean {
  const scopes = (quota.spec.scopes ?? []).map((scopeName) => ({
    scopeName,
    operator: 'Exists',
    values: [] as string[],
  }));
  const selected = quota.spec.scopeSelector?.matchExpressions ?? [];
  return [...scopes, ...selected].every((scope) => isIn(scope, pod));
}

export function sum(usages: Iterable<Usage>): Usage {
  const total: Usage = new Map();
  for (const usage of usages) for (const [resource, amount] of usage) add(total, resource, amount);
  return total;
}

/** Only what the quota limits is told. */
export function quotaStatus({ spec }: ResourceQuota, usage: Usage): core.ResourceQuotaStatus {
  const hard = spec.hard ?? {};
  const used = Object.keys(hard).map((resource) => [resource, formatQuantity(usage.get(resource) ?? ZERO)]);
  return { hard: { ...hard }, used: Object.fromEntries(used) };
}

function isIn({ scopeName, operator, values = [] }: core.ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scopeName) {
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'Terminating':
      return (pod.spec.activeDeadlineSeconds ?? -1) >= 0;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'PriorityClass':
      return holds(operator, values, pod.spec.priorityClassName);
    case 'CrossNamespacePodAffinity':
      return false;
    default:
      return true;
  }
}

function holds(operator: string, values: readonly string[], value: string | undefined): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  return (operator === 'Exists') === Boolean(value);
}

function isBestEffort({ status, spec }: Pod): boolean {
  if (status?.qosClass) return status.qosClass === 'BestEffort';
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return containers.every(({ resources }) => !Object.keys({ ...resources?.requests, ...resources?.limits }).length);
}

function podTotal({ spec }: Pod, side: 'requests' | 'limits'): Usage {
  const of = (container: core.Container): Usage =>
    new Map(
      Object.entries(container.resources?.[side] ?? {}).map(([name, text]) => [name, parseQuantity(text as string)]),
    );
  const inits = spec.initContainers ?? [];
  const sidecars = sum(inits.filter((c) => c.restartPolicy === 'Always').map(of));
  const total = sum([...spec.containers.map(of), sidecars]);
  for (const init of inits.filter((c) => c.restartPolicy !== 'Always')) {
    for (const [resource, amount] of sum([of(init), sidecars])) {
      if ((total.get(resource) ?? ZERO).nanos < amount.nanos) total.set(resource, amount);
    }
  }
  const overhead = Object.entries(spec.overhead ?? {}).map(
    ([name, text]) => [name, parseQuantity(text as string)] as const,
  );
  for (const [resource, amount] of overhead)
    if (side === 'requests' || total.has(resource)) add(total, resource, amount);
  return total;
}

/** Resources whose bare name stands for requests; others are only known as `requests.<name>`. */
function isPlain(resource: string): boolean {
  return ['cpu', 'memory', 'ephemeral-storage'].includes(resource) || resource.startsWith('hugepages-');
}
