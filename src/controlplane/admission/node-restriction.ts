/** A kubelet changes its own Node, its own Lease and the Pods that run on it, and nothing else. */
import { isDeepStrictEqual } from 'node:util';
import { nodeOf, REFERENCES } from '../access/node-access.ts';
import { forbidden } from '../handlers/refusals.ts';
import type { Json } from '../registry/definition.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import { forbiddenLabels } from './node-label.ts';

type Rule = (request: AdmissionRequest, node: string) => string | undefined;

/** Reasons to refuse, by `group/plural`. */
const RULES: Readonly<Record<string, Rule>> = {
  '/nodes': nodeRule,
  '/pods': podRule,
  '/serviceaccounts': tokenRule,
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
  if (operation === 'DELETE') return undefined;
  const labels = forbiddenLabels(object.metadata.labels, old?.metadata.labels);
  if (labels.length > 0 && operation === 'CREATE')
    return `node "${node}" is not allowed to set the following labels: ${labels.join(', ')}`;
  if (labels.length > 0) return `node "${node}" is not allowed to modify labels: ${labels.join(', ')}`;
  if (operation === 'CREATE') return undefined;
  if (!isDeepStrictEqual(object.spec?.taints, old?.spec?.taints))
    return `node "${node}" is not allowed to modify taints`;
  if (!isDeepStrictEqual(object.metadata.ownerReferences, old?.metadata.ownerReferences))
    return `node "${node}" is not allowed to modify ownerReferences`;
  return undefined;
}

/** A token that a kubelet asks for dies with the Pod for which it asks. */
function tokenRule({ plane, namespace, name, object, subresource }: AdmissionRequest, node: string) {
  if (subresource !== 'token') return undefined;
  const { kind, name: podName, uid } = object.spec?.boundObjectRef ?? {};
  if (kind !== 'Pod' || !podName || !uid) return `node "${node}" requested token not bound to a pod`;
  const pod = plane.store.newest(plane.of('', 'pods'), `${namespace}/${podName}`)?.parse();
  if (!pod || pod.metadata.uid !== uid) return `the pod "${podName}" that the token is to be bound to is not there`;
  if (pod.spec.nodeName !== node) return `node "${node}" requested token bound to a pod scheduled on a different node`;
  if ((pod.spec.serviceAccountName ?? 'default') === name) return undefined;
  return `node "${node}" requested token with service account "${name}" that is not used by pod "${podName}"`;
}

function podRule({ object, old, operation, subresource }: AdmissionRequest, node: string): string | undefined {
  if (operation === 'CREATE') return mirrorRule(object, node);
  const pod: Json = old ?? object;
  if (pod.spec?.nodeName !== node)
    return `node "${node}" can only ${operation === 'DELETE' ? 'delete' : 'update'} pods with spec.nodeName set to itself`;
  if (operation === 'UPDATE' && subresource !== 'status') return `node "${node}" may only update the status of pods`;
  if (operation === 'UPDATE' && !isDeepStrictEqual(object.metadata.labels, pod.metadata.labels))
    return `node "${node}" cannot update labels through pod status`;
  return undefined;
}

/** What a Pod refers to its node may read: a kubelet that made such Pods itself could read anything. */
function mirrorRule(pod: Json, node: string): string | undefined {
  if (!isMirror(pod) || pod.spec.nodeName !== node) return `node "${node}" may only create mirror pods for itself`;
  for (const [plural, namesIn] of REFERENCES)
    if (namesIn(pod).length > 0) return `node "${node}" can not create pods that reference ${plural}`;
  return undefined;
}

function isMirror(pod: Json): boolean {
  return pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}
