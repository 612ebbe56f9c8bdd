/** Two Pods cannot have one port of their host. */
import { type Plugin, refusal } from '../plugin.ts';

const NAME = 'NodePorts';
const TAKEN = refusal(NAME, 'Unschedulable', "node(s) didn't have free ports for the requested pod ports");

export const nodePorts: Plugin = {
  name: NAME,
  local: true,
  filter(pod) {
    const { ports } = pod.class;
    if (ports.length === 0) return undefined;
    return { kind: 'filter', refuse: (node) => (node.ports.conflictsWith(ports) ? TAKEN : undefined) };
  },
};
