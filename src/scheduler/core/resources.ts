/** Amounts of resources as whole numbers: CPU in thousandths, memory and storage in bytes, everything else in units. */
import { milli, value } from '../../kube/index.ts';

export interface Resources {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Extended resources (devices), hugepages and the like, by name. */
  readonly scalars: Map<string, number>;
}

/** What a manifest writes: `{ cpu: '500m', memory: '1Gi' }`. */
export type ResourceList = Readonly<Record<string, string | number | undefined>>;

export function noResources(): Resources {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map() };
}

/** `pods` is not an amount that Pods ask for; it is read apart (see NodeFacts). */
export function resourcesOf(list: ResourceList = {}): Resources {
  const resources = noResources();
  for (const [name, quantity] of Object.entries(list)) {
    if (quantity !== undefined && name !== 'pods') raise(resources, name, amountIn(name, quantity));
  }
  return resources;
}

/** The whole number in which the named resource is counted. */
export function amountIn(name: string, quantity: string | number): number {
  return name === 'cpu' ? milli(quantity) : value(quantity);
}

export function amountOf(resources: Resources, name: string): number {
  if (name === 'cpu') return resources.milliCpu;
  if (name === 'memory') return resources.memory;
  if (name === 'ephemeral-storage') return resources.ephemeralStorage;
  return resources.scalars.get(name) ?? 0;
}

/** Adds to one amount in place. */
export function raise(resources: Resources, name: string, by: number): void {
  if (name === 'cpu') resources.milliCpu += by;
  else if (name === 'memory') resources.memory += by;
  else if (name === 'ephemeral-storage') resources.ephemeralStorage += by;
  else resources.scalars.set(name, (resources.scalars.get(name) ?? 0) + by);
}

/** Adds `times` the delta in place; a scalar that comes down to nothing is dropped, so that equal sums look equal. */
export function addResources(target: Resources, delta: Resources, times: 1 | -1): void {
  target.milliCpu += times * delta.milliCpu;
  target.memory += times * delta.memory;
  target.ephemeralStorage += times * delta.ephemeralStorage;
  for (const [name, amount] of delta.scalars) {
    const sum = (target.scalars.get(name) ?? 0) + times * amount;
    if (sum === 0) target.scalars.delete(name);
    else target.scalars.set(name, sum);
  }
}

export function copyResources(from: Resources): Resources {
  return { ...from, scalars: new Map(from.scalars) };
}
