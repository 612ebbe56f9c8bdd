/** Changes of the cluster that can make a waiting Pod schedulable. */
import type { NodeFacts } from './node-facts.ts';
import type { PodInfo } from './pod-info.ts';

export type ClusterEvent =
  | { readonly kind: 'NodeAdded'; readonly node: NodeFacts }
  | { readonly kind: 'NodeChanged'; readonly node: NodeFacts; readonly before: NodeFacts }
  | { readonly kind: 'NodeGone'; readonly node: NodeFacts }
  /** A Pod came onto a host. */
  | { readonly kind: 'PodPlaced'; readonly pod: PodInfo }
  /** A placed Pod has other labels or asks for less. */
  | { readonly kind: 'PodChanged'; readonly pod: PodInfo; readonly before: PodInfo }
  /** A placed Pod has ended or was deleted. */
  | { readonly kind: 'PodGone'; readonly pod: PodInfo }
  /** Claims, volumes, storage classes, CSI nodes. */
  | { readonly kind: 'StorageChanged' }
  | { readonly kind: 'NamespaceChanged' }
  /** Something that no hint knows of: everything is worth another try. */
  | { readonly kind: 'Unknown' };
