/** What the scheduler reads of a Node object, parsed once; never changed, replaced when the Node says something new. */
import { type core, isConditionTrue, type Node, value } from '../../kube/index.ts';
import { type Resources, resourcesOf } from './resources.ts';

export interface NodeFacts {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly core.Taint[];
  readonly unschedulable: boolean;
  readonly ready: boolean;
  readonly allocatable: Resources;
  readonly allowedPods: number;
  /** Sizes in bytes by image name, every name an image goes by. */
  readonly images: ReadonlyMap<string, number>;
  readonly node: Node;
}

/** Answers the `before` facts when the new object says nothing else: heartbeats cost nothing. */
export function nodeFacts(node: Node, before?: NodeFacts): NodeFacts {
  if (before && fingerprint(before.node) === fingerprint(node)) return before;
  const allocatable = node.status?.allocatable ?? node.status?.capacity ?? {};
  return {
    name: node.metadata.name,
    labels: node.metadata.labels ?? {},
    taints: node.spec?.taints ?? [],
    unschedulable: node.spec?.unschedulable ?? false,
    ready: isConditionTrue(node, 'Ready'),
    allocatable: resourcesOf(allocatable),
    allowedPods: allocatable.pods === undefined ? 0 : value(allocatable.pods),
    images: imagesOf(node),
    node,
  };
}

function fingerprint({ metadata, spec, status }: Node): string {
  const ready = isConditionTrue({ status: status ?? {} }, 'Ready');
  const { allocatable, capacity, images, volumesAttached } = status ?? {};
  return JSON.stringify([
    metadata.uid,
    metadata.labels,
    spec?.taints,
    spec?.unschedulable,
    ready,
    allocatable ?? capacity,
    images,
    volumesAttached?.length,
  ]);
}

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { names = [], sizeBytes = 0 } of node.status?.images ?? []) {
    for (const name of names) sizes.set(name, sizeBytes);
  }
  return sizes;
}
