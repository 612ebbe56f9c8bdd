/** Resources as numbers: what Pods ask of a host, and whether there is room. */
import { type core, milli, type Pod, value } from '../kube/index.ts';

/** CPU in thousandths, everything else in whole units. */
export type Amounts = Readonly<Record<string, number>>;

type Requests = core.ResourceRequirements['requests'];

export function amountsOf(requests: Requests): Amounts {
  const amounts: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(requests ?? {}))
    amounts[name] = name === 'cpu' ? milli(quantity) : value(quantity);
  return amounts;
}

export function sumOf(list: readonly Amounts[]): Amounts {
  const sum: Record<string, number> = {};
  for (const amounts of list)
    for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

/** What a Pod takes while it runs; init containers run alone, beside the sidecars. */
export function podAmounts({ spec }: Pod, granted?: (container: string) => Requests): Amounts {
  const of = (c: core.Container) => amountsOf(granted?.(c.name) ?? c.resources?.requests);
  const init = spec.initContainers ?? [];
  const sidecars = init.filter((c) => c.restartPolicy === 'Always').map(of);
  const steady: Record<string, number> = { ...sumOf([...spec.containers.map(of), ...sidecars]) };
  for (const c of init.filter(({ restartPolicy }) => restartPolicy !== 'Always'))
    for (const [name, amount] of Object.entries(sumOf([of(c), ...sidecars])))
      steady[name] = Math.max(steady[name] ?? 0, amount);
  return steady;
}

export interface Shortage {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

/** The first resource of which the host has too little; resources it does not know are not reckoned. */
export function shortageOf(wish: Amounts, used: Amounts, capacity: Amounts): Shortage | undefined {
  for (const [resource, requested] of Object.entries(wish)) {
    const there = capacity[resource];
    const taken = used[resource] ?? 0;
    if (there !== undefined && requested > 0 && requested + taken > there)
      return { resource, requested, used: taken, capacity: there };
  }
  return undefined;
}

/** In the words of the kubelet. */
export function shortageText({ resource, requested, used, capacity }: Shortage): string {
  return `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
}
