/** Where a Pod that is made anew is to run. */
import type { core } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';

/** What the Group's status remembers of a replica that has no Pod. */
export type Instance = NonNullable<NonNullable<Group['status']>['instances']>[number];

const STRONGEST = 100;

/** The spec bound to, or drawn towards, the host where the replica ran last. */
export function placed(spec: core.PodSpec, group: Group, lastNode: string | undefined): core.PodSpec {
  const { node } = group.spec.identity;
  if (!lastNode || node === 'None') return spec;
  if (node === 'Bind') return { ...spec, nodeName: lastNode };
  const { affinity = {} } = spec;
  const { nodeAffinity = {} } = affinity;
  return {
    ...spec,
    affinity: {
      ...affinity,
      nodeAffinity: node === 'Required' ? required(nodeAffinity, lastNode) : preferred(nodeAffinity, lastNode),
    },
  };
}

function preferred(affinity: core.NodeAffinity, node: string): core.NodeAffinity {
  const preference = { matchFields: [isNode(node)] };
  const others = affinity.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return {
    ...affinity,
    preferredDuringSchedulingIgnoredDuringExecution: [...others, { weight: STRONGEST, preference }],
  };
}

/** Terms are alternatives: each of them gets the host, or one without it would lead elsewhere. */
function required(affinity: core.NodeAffinity, node: string): core.NodeAffinity {
  const terms = affinity.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [{}];
  const nodeSelectorTerms = terms.map((term) => ({
    ...term,
    matchFields: [...(term.matchFields ?? []), isNode(node)],
  }));
  return { ...affinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
}

function isNode(name: string): core.NodeSelectorRequirement {
  return { key: 'metadata.name', operator: 'In', values: [name] };
}
