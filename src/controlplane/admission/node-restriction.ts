/** A kubelet changes its own Node, its own Lease and the Pods that run on it, and nothing else. */
import { nodeOf } from '../access/node-access.ts';
import { forbidden } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

type Rule = (request: AdmissionRequest, node: string) => string | undefined;

/** Reasons to refuse, by `group/plural`. */
const RULES: Readonly<Record<string, Rule>> = {
  '/nodes': nodeRule,
  '/pods': podRule,
  'coordination.k8s.io/leases': ({ name, namespace }, node) =>
    name === node && namespace === 'kube-node-lease'
      ? undefined
      : `node "${node}" may only touch its own lease in kube-node-lease`,
  'storage.k8s.io/csinodes': ({ name }, node) =>
    name === node ? undefined : `node "${node}" may only touch its own CSINode`,
};

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  validate(request) {
    const node = nodeOf(request.caller);
    if (node === undefined) return;
    const why = RULES[`${request.definition.group}/${request.definition.plural}`]?.(request, node);
    if (why) throw forbidden(request.definition, request.name, why);
  },
};

function nodeRule({ name, object, old, operation }: AdmissionRequest, node: string): string | undefined {
  if (name !== node) return `node "${node}" is not allowed to modify node "${name}"`;
  if (operation === 'UPDATE' && JSON.stringify(object.spec?.taints) !== JSON.stringify(old?.spec?.taints))
    return `node "${node}" is not allowed to modify taints`;
  return undefined;
}

function podRule({ object, old, operation, subresource }: AdmissionRequest, node: string): string | undefined {
  if (operation === 'CREATE')
    return isMirror(object) && object.spec.nodeName === node
      ? undefined
      : `node "${node}" may only create mirror pods for itself`;
  const pod: Json = old ?? object;
  if (pod.spec?.nodeName !== node)
    return `node "${node}" can only ${operation === 'DELETE' ? 'delete' : 'update'} pods with spec.nodeName set to itself`;
  if (operation === 'UPDATE' && subresource !== 'status') return `node "${node}" may only update the status of pods`;
  return undefined;
}

function isMirror(pod: Json): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}
