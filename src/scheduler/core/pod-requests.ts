/** What a Pod asks of a host in all: its containers, the peak of its init containers, sidecars, overhead. */
import type { core, Pod } from '../../kube/index.ts';
import { amountIn, noResources, type ResourceList, type Resources, raise } from './resources.ts';

type Amounts = Map<string, number>;

/** Scores take a container that asks for nothing as asking for this, so that such Pods do not pile up on one host. */
export const NON_ZERO: ResourceList = { cpu: '100m', memory: 200 * 1024 * 1024 };

/** The request that a host's books carry for this Pod; `defaults` stand in where a container names no request. */
export function podRequests(pod: Pod, defaults: ResourceList = {}): Resources {
  const statuses = statusByName(pod);
  const hopeless = isInfeasible(pod);
  const amounts = (container: core.Container) => {
    const status = statuses.get(container.name);
    return hopeless && status ? heldAmounts(status) : containerAmounts(container, status, defaults);
  };
  const total = (pod.spec.containers ?? []).map(amounts).reduce(plus, new Map());
  const { sidecars, peak } = initAmounts(pod.spec.initContainers ?? [], amounts);
  const sum = larger(plus(total, sidecars), peak);
  for (const [name, amount] of podLevelAmounts(pod.spec)) sum.set(name, amount);
  return toResources(plus(sum, amountsOf(pod.spec.overhead)));
}

/** Init containers run one by one, each beside the sidecars started before it; sidecars stay. */
function initAmounts(
  containers: readonly core.Container[],
  amounts: (container: core.Container) => Amounts,
): { sidecars: Amounts; peak: Amounts } {
  let sidecars: Amounts = new Map();
  let peak: Amounts = new Map();
  for (const container of containers) {
    const now = plus(amounts(container), sidecars);
    if (container.restartPolicy === 'Always') sidecars = now;
    peak = larger(peak, now);
  }
  return { sidecars, peak };
}

/** While a resize is under way the host must hold the larger of what is wished, allocated and in force. */
function containerAmounts(
  container: core.Container,
  status: core.ContainerStatus | undefined,
  defaults: ResourceList,
): Amounts {
  const { requests, limits } = container.resources ?? {};
  const wished = amountsOf({ ...defaults, ...limits, ...requests });
  if (!status) return wished;
  return larger(wished, heldAmounts(status));
}

function heldAmounts({ allocatedResources, resources }: core.ContainerStatus): Amounts {
  return larger(amountsOf(allocatedResources), amountsOf(resources?.requests));
}

/** A wish that the Pod's host can never meet weighs nothing. */
function isInfeasible(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some((c) => c.type === 'PodResizePending' && c.reason === 'Infeasible');
}

function statusByName(pod: Pod): Map<string, core.ContainerStatus> {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return new Map([...containerStatuses, ...initContainerStatuses].map((status) => [status.name, status]));
}

/** Requests of the Pod as a whole replace the sum of its containers' for cpu, memory and hugepages. */
function podLevelAmounts(spec: core.PodSpec & { resources?: core.ResourceRequirements }): Amounts {
  const { requests, limits } = spec.resources ?? {};
  const amounts = amountsOf({ ...limits, ...requests });
  for (const name of amounts.keys()) {
    if (name !== 'cpu' && name !== 'memory' && !name.startsWith('hugepages-')) amounts.delete(name);
  }
  return amounts;
}

function amountsOf(list: ResourceList = {}): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, quantity] of Object.entries(list)) {
    if (quantity !== undefined) amounts.set(name, amountIn(name, quantity));
  }
  return amounts;
}

function plus(a: Amounts, b: Amounts): Amounts {
  const sum = new Map(a);
  for (const [name, amount] of b) sum.set(name, (sum.get(name) ?? 0) + amount);
  return sum;
}

function larger(a: Amounts, b: Amounts): Amounts {
  const max = new Map(a);
  for (const [name, amount] of b) max.set(name, Math.max(max.get(name) ?? 0, amount));
  return max;
}

function toResources(amounts: Amounts): Resources {
  const resources = noResources();
  for (const [name, amount] of amounts) if (amount !== 0) raise(resources, name, amount);
  return resources;
}
