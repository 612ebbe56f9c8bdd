/** Which Pod a kubelet under disk pressure gives up next, and what it says of it. */
import type { Pod } from '../kube/index.ts';
import type { Host } from './host.ts';
import type { Ending } from './pod-life.ts';
import type { Resident } from './resident.ts';

/** Pods of this priority and above are never evicted by a kubelet. */
const CRITICAL = 2_000_000_000;

export const EVICTED: Ending = {
  reason: 'Evicted',
  message:
    'The node was low on resource: ephemeral-storage. Threshold quantity: 10%, available: 0. ' +
    'Container was using more than its request of 0.',
  graceSeconds: 0,
};

/** Best-effort Pods only: the lowest priority first, of equals the youngest. Undefined when there is none left. */
export function nextVictim(host: Host): Resident | undefined {
  const order = (a: Resident, b: Resident) => priorityOf(a) - priorityOf(b) || startOf(b) - startOf(a);
  return [...host.residents]
    .filter(({ life }) => !life.terminating && !life.ending && !life.over && life.startTime !== undefined)
    .filter((resident) => isBestEffort(resident.life.pod) && priorityOf(resident) < CRITICAL)
    .sort(order)[0];
}

export function isBestEffort(pod: Pod): boolean {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].every(({ resources }) =>
    [resources?.requests, resources?.limits].every((amounts) => !amounts?.cpu && !amounts?.memory),
  );
}

function priorityOf({ life }: Resident): number {
  return life.pod.spec.priority ?? 0;
}

function startOf({ life }: Resident): number {
  return Date.parse(life.startTime ?? '');
}
