/** Keeps Pods off hosts that are cordoned. */
import { type Plugin, refusal } from '../plugin.ts';
import { tolerates } from '../toleration.ts';

const NAME = 'NodeUnschedulable';
const CORDONED = refusal(NAME, 'UnschedulableAndUnresolvable', 'node(s) were unschedulable');
const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable: Plugin = {
  name: NAME,
  local: true,
  filter(pod) {
    if (pod.class.tolerations.some((toleration) => tolerates(toleration, TAINT))) return undefined;
    return { kind: 'filter', refuse: (node) => (node.facts.unschedulable ? CORDONED : undefined) };
  },
};
