/** The eight labels of a host, and the annotations that say who holds it. */

export const PREFIX = 'jdos.jd.com/';

export const STATUS = `${PREFIX}status`;
export const ZONE = `${PREFIX}zone`;
export const RACK = `${PREFIX}rack`;
export const DISK_TYPE = `${PREFIX}disk.type`;
export const CPU_MODEL = `${PREFIX}cpu.model`;
export const NET_STATUS = `${PREFIX}net.status`;
export const NET_POD = `${PREFIX}net.pod`;
export const IMAGE_STATUS = `${PREFIX}image.status`;
export const TOPOLOGY_ZONE = 'topology.kubernetes.io/zone';

export const CORDON_OWNER = `${PREFIX}cordon-owner`;
export const CORDON_REASON = `${PREFIX}cordon-reason`;
export const OPERATION_ID = `${PREFIX}operation-id`;
export const PREV_UNSCHEDULABLE = `${PREFIX}prev-unschedulable`;

/** Which values a label may have, and who writes it; zone, rack and the CPU take any valid label value. */
export const LABELS = {
  [STATUS]: { writer: 'lifecycle', values: undefined },
  [ZONE]: { writer: 'inventory', values: undefined },
  [RACK]: { writer: 'inventory', values: undefined },
  [DISK_TYPE]: { writer: 'inventory', values: ['nvme', 'ssd', 'sas', 'sata', 'mixed'] },
  [CPU_MODEL]: { writer: 'inventory', values: undefined },
  [NET_STATUS]: { writer: 'network', values: ['unknown', 'configuring', 'ready', 'degraded', 'down'] },
  [NET_POD]: { writer: 'network', values: undefined },
  [IMAGE_STATUS]: { writer: 'images', values: ['pending', 'pulling', 'ready', 'stale', 'failed'] },
} as const satisfies Record<string, { writer: string; values: readonly string[] | undefined }>;

const LONGEST = 63;

/** A CPU's marketing name as a label value: `Intel(R) Xeon(R) CPU E5-2620 v4 @ 2.10GHz` → `intel-xeon-cpu-e5-2620-v4-2.10ghz`. */
export function cpuSlug(name: string): string {
  return name
    .toLowerCase()
    .replace(/\((r|tm|c)\)|[®™©]/g, ' ')
    .replace(/[^a-z0-9.]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}
