/** Prefers hosts that have the Pod's images already, the more so the more hosts have them. */
import { MAX_SCORE, type Plugin } from '../plugin.ts';

const MIB = 1024 * 1024;
const MIN_BYTES = 23 * MIB;
const MAX_BYTES_A_CONTAINER = 1000 * MIB;

export const imageLocality: Plugin = {
  name: 'ImageLocality',
  scorer(pod, cluster) {
    const { images } = pod.class;
    const present = images.flatMap((image) => cluster.holdersOfImage(image) ?? []);
    if (present.length === 0) return undefined;
    const total = cluster.nodes.length;
    return {
      score(node) {
        let sum = 0;
        for (const holders of present) {
          const bytes = holders.get(node.slot);
          if (bytes !== undefined) sum += spreadSize(bytes, holders.size, total);
        }
        return localityScore(sum, images.length);
      },
    };
  },
};

/** An image that only few hosts have must not draw everything to them. */
export function spreadSize(bytes: number, holders: number, nodes: number): number {
  return Math.trunc(bytes * (holders / nodes));
}

export function localityScore(bytes: number, containers: number): number {
  const max = MAX_BYTES_A_CONTAINER * containers;
  const clamped = Math.min(max, Math.max(MIN_BYTES, bytes));
  return Math.trunc((MAX_SCORE * (clamped - MIN_BYTES)) / (max - MIN_BYTES));
}
