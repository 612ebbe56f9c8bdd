/** Hosts of a trace (columns sn, cpu_milli, memory_mib, gpu, model) as Nodes that the fleet adopts. */
import { SIMULATED } from '../../../fleet/index.ts';
import type { Draft, Node } from '../../../kube/index.ts';
import { type CsvRow, objectNames, wholeNumber } from './csv.ts';
import { GPU, GPU_MILLI, GPU_MODEL, IMPORTED } from './names.ts';

export const HOST_COLUMNS = ['sn', 'cpu_milli', 'memory_mib', 'gpu'] as const;

/** More than any host of a trace needs; the trace does not say. */
const PODS_PER_HOST = 256;

export function readHosts(rows: readonly CsvRow[]): Draft<Node>[] {
  const names = objectNames(rows, 'sn');
  return rows.map((row, i) => hostNode(names[i]!, row));
}

function hostNode(name: string, row: CsvRow): Draft<Node> {
  const gpus = wholeNumber(row, 'gpu');
  const model = row.fields.model;
  const capacity = {
    cpu: `${wholeNumber(row, 'cpu_milli')}m`,
    memory: `${wholeNumber(row, 'memory_mib')}Mi`,
    pods: String(PODS_PER_HOST),
    ...(gpus > 0 && { [GPU]: String(gpus), [GPU_MILLI]: String(gpus * 1000) }),
  };
  const labels = {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'amd64',
    [SIMULATED]: 'true',
    [IMPORTED]: 'true',
    ...(model && { [GPU_MODEL]: model }),
  };
  return { metadata: { name, labels }, spec: {}, status: { capacity, allocatable: capacity } };
}
