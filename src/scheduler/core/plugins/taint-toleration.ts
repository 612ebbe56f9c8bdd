/** Keeps Pods off hosts with taints that they do not tolerate; prefers hosts with few taints that would rather not. */
import type { core } from '../../../kube/index.ts';
import { normalizeByMax } from '../normalize.ts';
import { type Plugin, refusal } from '../plugin.ts';
import { REPELLING, tolerates, untoleratedTaint } from '../toleration.ts';

const NAME = 'TaintToleration';
const TAINTED = refusal(NAME, 'UnschedulableAndUnresolvable', 'node(s) had untolerated taint(s)');
const PREFER = 'PreferNoSchedule';

export const taintToleration: Plugin = {
  name: NAME,
  local: true,
  filter(pod) {
    const { tolerations } = pod.class;
    return {
      kind: 'filter',
      refuse: (node) => (untoleratedTaint(node.facts.taints, tolerations, REPELLING) ? TAINTED : undefined),
    };
  },
  scorer(pod) {
    const tolerations = pod.class.tolerations.filter(({ effect }) => !effect || effect === PREFER);
    return {
      score: (node) => countUntolerated(node.facts.taints, tolerations),
      normalize: (scores) => normalizeByMax(scores, true),
    };
  },
};

function countUntolerated(taints: readonly core.Taint[], tolerations: readonly core.Toleration[]): number {
  let count = 0;
  for (const taint of taints) {
    if (taint.effect === PREFER && !tolerations.some((toleration) => tolerates(toleration, taint))) count++;
  }
  return count;
}
