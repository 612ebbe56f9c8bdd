/** The container a request is about. */
import type { ContainerRecord } from '../container-record.ts';
import type { Resident } from '../resident.ts';

export interface ContainerPlace {
  readonly resident: Resident;
  readonly record: ContainerRecord;
}

/** The container, or in words why there is none. */
export function findPlace(resident: Resident | undefined, container: string): ContainerPlace | string {
  if (!resident) return 'pod does not exist';
  const record = resident.life.containers.find((c) => c.spec.name === container);
  return record ? { resident, record } : `container ${container} not found in pod ${resident.life.pod.metadata.name}`;
}
