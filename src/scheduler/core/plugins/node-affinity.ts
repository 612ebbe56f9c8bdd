/** Hosts must satisfy the Pod's node selector and required node affinity; preferred terms add their weights. */
import { normalizeByMax } from '../normalize.ts';
import { type Plugin, refusal } from '../plugin.ts';

const NAME = 'NodeAffinity';
const MISMATCH = refusal(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match Pod's node affinity/selector");
const CONTRADICTION = refusal(NAME, 'UnschedulableAndUnresolvable', 'pod affinity terms conflict');

export const nodeAffinity: Plugin = {
  name: NAME,
  local: true,
  filter(pod) {
    const selector = pod.class.requiredNodes;
    if (!selector) return undefined;
    if (selector.names?.size === 0) return CONTRADICTION;
    return {
      kind: 'filter',
      refuse: (node) => (selector.matches(node.facts) ? undefined : MISMATCH),
      ...(selector.names && { only: selector.names }),
    };
  },
  scorer(pod) {
    const weightOf = pod.class.preferredNodeWeight;
    return weightOf && { score: (node) => weightOf(node.facts), normalize: (scores) => normalizeByMax(scores) };
  },
};
