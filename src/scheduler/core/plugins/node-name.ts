/** A Pod that names its host runs there or nowhere. */
import { type Plugin, refusal } from '../plugin.ts';

const NAME = 'NodeName';
const OTHER = refusal(NAME, 'UnschedulableAndUnresolvable', "node(s) didn't match the requested node name");

export const nodeName: Plugin = {
  name: NAME,
  filter(pod) {
    const wanted = pod.pod.spec.nodeName;
    if (!wanted) return undefined;
    return { kind: 'filter', refuse: (node) => (node.name === wanted ? undefined : OTHER) };
  },
};
