/** The class that decides who is evicted first: Guaranteed, Burstable, BestEffort. */
import { compareQuantities } from '../../../kube/index.ts';
import type { Json } from '../definition.ts';
import { isZero } from '../validation/quantity.ts';

const COUNTED = ['cpu', 'memory'];

export function qosClassOf(spec: Json): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all: Json[] = spec.resources ? [spec] : [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  if (all.every(({ resources = {} }) => !asks(resources.requests) && !asks(resources.limits))) return 'BestEffort';
  return all.every(({ resources = {} }) => COUNTED.every((name) => isExact(resources, name)))
    ? 'Guaranteed'
    : 'Burstable';
}

function asks(quantities: Json): boolean {
  return COUNTED.some((name) => quantities?.[name] !== undefined && !isZero(quantities[name]));
}

function isExact({ requests, limits }: Json, name: string): boolean {
  const limit = limits?.[name];
  if (limit === undefined || isZero(limit)) return false;
  return compareQuantities(requests?.[name] ?? limit, limit) === 0;
}
