/** Prefers hosts whose resources are used to like degrees, so that none is left over without the others. */
import type { NodeInfo } from '../node-info.ts';
import { MAX_SCORE, type Plugin } from '../plugin.ts';
import type { PodClass } from '../pod-class.ts';
import { amountOf } from '../resources.ts';

/**
 * `state` (Kubernetes up to 1.35): how balanced the host would be. `change` (from 1.36): how much the Pod improves the
 * balance, where 75 is no change.
 */
export type BalanceSemantics = 'state' | 'change';

const RESOURCES = ['cpu', 'memory'];

export function balancedAllocation(semantics: BalanceSemantics, resources: readonly string[] = RESOURCES): Plugin {
  return {
    name: 'NodeResourcesBalancedAllocation',
    local: true,
    scorer(pod) {
      const { requests } = pod.class;
      if (resources.every((name) => amountOf(requests, name) === 0)) return undefined;
      return { score: (node) => balanceScore(semantics, resources, requests, node) };
    },
  };
}

function balanceScore(
  semantics: BalanceSemantics,
  resources: readonly string[],
  requests: PodClass['requests'],
  { facts, requested }: NodeInfo,
): number {
  const capacities = resources.map((name) => amountOf(facts.allocatable, name));
  const used = resources.map((name) => amountOf(requested, name));
  const withPod = balance(
    used.map((amount, i) => amount + amountOf(requests, resources[i]!)),
    capacities,
  );
  return semantics === 'state' ? withPod : changeScore(withPod, balance(used, capacities));
}

export function changeScore(withPod: number, withoutPod: number): number {
  return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + withPod - withoutPod) / 2);
}

/** 100 less the standard deviation of the used fractions in per cent; resources without capacity stay out. */
export function balance(used: readonly number[], capacities: readonly number[]): number {
  const fractions: number[] = [];
  for (let i = 0; i < used.length; i++) {
    if (capacities[i] !== 0) fractions.push(Math.min(1, used[i]! / capacities[i]!));
  }
  return Math.trunc((1 - deviation(fractions)) * MAX_SCORE);
}

function deviation(fractions: readonly number[]): number {
  if (fractions.length < 2) return 0;
  if (fractions.length === 2) return Math.abs((fractions[0]! - fractions[1]!) / 2);
  const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length;
  const squares = fractions.reduce((sum, fraction) => sum + (fraction - mean) * (fraction - mean), 0);
  return Math.sqrt(squares / fractions.length);
}
