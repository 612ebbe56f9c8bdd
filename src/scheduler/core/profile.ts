/** Which plugins decide, in which order, and what their scores weigh. */

import type { Plugin } from './plugin.ts';
import { type BalanceSemantics, balancedAllocation } from './plugins/balanced-allocation.ts';
import { imageLocality } from './plugins/image-locality.ts';
import { type InterPodAffinityOptions, interPodAffinity } from './plugins/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { LEAST_ALLOCATED, nodeResourcesFit, type ScoringStrategy } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { nodeVolumeLimits } from './plugins/node-volume-limits.ts';
import { podTopologySpread } from './plugins/pod-topology-spread.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { volumeBinding } from './plugins/volume-binding.ts';
import { volumeRestrictions } from './plugins/volume-restrictions.ts';
import { volumeZone } from './plugins/volume-zone.ts';
import { type DefaultConstraint, SYSTEM_DEFAULTS } from './spread-constraint.ts';

export interface ProfileOptions {
  /** Whose NodeResourcesBalancedAllocation: `1.35` for that and all earlier, `1.36` for that and later. @default 1.36 */
  readonly kubernetes?: '1.35' | '1.36';
  /** @default LeastAllocated over cpu and memory */
  readonly scoringStrategy?: ScoringStrategy;
  /** Spread of Pods that bring no constraints. @default the system's: 3 over hosts and 5 over zones, both soft */
  readonly defaultConstraints?: readonly DefaultConstraint[];
  readonly interPodAffinity?: InterPodAffinityOptions;
  /** Per cent of hosts to look for a place on; 0 is upstream's adaptive choice. @default 100 */
  readonly percentageOfNodesToScore?: number;
  /** Weights by plugin name, where they differ from the default ones. */
  readonly weights?: Readonly<Record<string, number>>;
}

export interface Profile {
  /** In the order in which they filter; the first refusal is the one reported. */
  readonly plugins: readonly Plugin[];
  readonly weights: Readonly<Record<string, number>>;
  readonly percentageOfNodesToScore: number;
}

export const DEFAULT_WEIGHTS = {
  TaintToleration: 3,
  NodeAffinity: 2,
  NodeResourcesFit: 1,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
  NodeResourcesBalancedAllocation: 1,
  ImageLocality: 1,
} as const satisfies Record<string, number>;

export function defaultProfile(options: ProfileOptions = {}): Profile {
  const { kubernetes = '1.36', scoringStrategy = LEAST_ALLOCATED, defaultConstraints = SYSTEM_DEFAULTS } = options;
  const semantics: BalanceSemantics = kubernetes === '1.35' ? 'state' : 'change';
  return {
    plugins: [
      nodeUnschedulable,
      nodeName,
      taintToleration,
      nodeAffinity,
      nodePorts,
      nodeResourcesFit(scoringStrategy),
      volumeRestrictions,
      nodeVolumeLimits,
      volumeBinding,
      volumeZone,
      podTopologySpread(defaultConstraints),
      interPodAffinity(options.interPodAffinity),
      balancedAllocation(semantics),
      imageLocality,
    ],
    weights: { ...DEFAULT_WEIGHTS, ...options.weights },
    percentageOfNodesToScore: options.percentageOfNodesToScore ?? 100,
  };
}
