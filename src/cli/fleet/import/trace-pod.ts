/** Pods of a trace (columns name, cpu_milli, memory_mib, num_gpu, gpu_milli; if there, gpu_spec and qos). */
import type { core, Draft, Pod } from '../../../kube/index.ts';
import { type CsvRow, inputFault, objectNames, wholeNumber } from './csv.ts';
import { GPU, GPU_MILLI, GPU_MODEL, IMPORTED, QOS } from './names.ts';

export const POD_COLUMNS = ['name', 'cpu_milli', 'memory_mib', 'num_gpu', 'gpu_milli'] as const;

const IMAGE = 'registry.k8s.io/pause:3.10';
const WHOLE_CARD = 1000;

export function readPods(rows: readonly CsvRow[], namespace: string): Draft<Pod>[] {
  const names = objectNames(rows, 'name');
  return rows.map((row, i) => tracePod(names[i]!, namespace, row));
}

function tracePod(name: string, namespace: string, row: CsvRow): Draft<Pod> {
  const { qos, gpu_spec: models } = row.fields;
  const gpu = gpuRequest(row);
  const requests = { cpu: `${wholeNumber(row, 'cpu_milli')}m`, memory: `${wholeNumber(row, 'memory_mib')}Mi`, ...gpu };
  const limits = qos === 'Guaranteed' ? requests : gpu;
  const resources = Object.keys(limits).length > 0 ? { requests, limits } : { requests };
  return {
    metadata: { name, namespace, labels: { [IMPORTED]: 'true', ...(qos && { [QOS]: qos }) } },
    spec: {
      containers: [{ name: 'work', image: IMAGE, resources }],
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(models && { affinity: onModels(models.split('|')) }),
    },
  };
}

/** A Pod that takes whole cards asks for cards and thousandths, one that shares a card for thousandths only. */
function gpuRequest(row: CsvRow): Record<string, string> {
  const [cards, share] = [wholeNumber(row, 'num_gpu'), wholeNumber(row, 'gpu_milli')];
  if (cards === 0) return {};
  if (share < 1 || share > WHOLE_CARD) throw inputFault(row, `1 to ${WHOLE_CARD} in gpu_milli`, String(share));
  const milli = { [GPU_MILLI]: String(cards * share) };
  return share === WHOLE_CARD ? { [GPU]: String(cards), ...milli } : milli;
}

function onModels(values: string[]): core.Affinity {
  const term = { matchExpressions: [{ key: GPU_MODEL, operator: 'In', values }] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}
