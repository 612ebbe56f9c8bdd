/** Nodes as the fleet keeps them: thousands stay in memory, so what only others read is left out. */
import type { Node } from '../kube/index.ts';

/** `known`: the host has been taken up, and keeps the list of its images itself. */
export function slimNode({ apiVersion, kind, metadata, spec, status }: Node, known: boolean): Node {
  const { managedFields, annotations, ...meta } = metadata;
  const { images, volumesAttached, volumesInUse, ...kept } = status ?? {};
  return {
    ...(apiVersion && { apiVersion }),
    ...(kind && { kind }),
    metadata: meta,
    spec: { ...(spec.podCIDR && { podCIDR: spec.podCIDR }) },
    status: { ...kept, ...(!known && images && { images }) },
  };
}
