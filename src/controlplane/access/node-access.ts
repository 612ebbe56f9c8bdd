/** What a kubelet may do: everything about its own node, and read what the Pods on it refer to. */
import type { Caller } from '../handlers/request.ts';
import type { Plane } from '../plane.ts';
import type { Json } from '../registry/definition.ts';
import type { AccessAttributes, ResourceAccess } from './attributes.ts';
import { type PolicyRule, ruleAllows } from './rbac-rule.ts';

const USER = 'system:node:';
const GROUP = 'system:nodes';

/** Which node this caller is, if any. */
export function nodeOf({ name, groups }: Caller): string | undefined {
  return name.startsWith(USER) && groups.includes(GROUP) ? name.slice(USER.length) : undefined;
}

/** Rights that do not depend on which Pods run on the node; NodeRestriction narrows the writes to its own. */
const RULES: readonly PolicyRule[] = [
  { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['services', 'nodes', 'pods'] },
  { verbs: ['get', 'list', 'watch'], apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'] },
  { verbs: ['get', 'list', 'watch'], apiGroups: ['storage.k8s.io'], resources: ['csidrivers'] },
  { verbs: ['create', 'update', 'patch', 'delete'], apiGroups: [''], resources: ['nodes'] },
  { verbs: ['update', 'patch'], apiGroups: [''], resources: ['nodes/status', 'pods/status'] },
  { verbs: ['create', 'delete'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction'] },
  { verbs: ['create', 'update', 'patch'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] },
  { verbs: ['get', 'create', 'update', 'patch', 'delete'], apiGroups: ['coordination.k8s.io'], resources: ['leases'] },
  { verbs: ['get', 'create', 'update', 'patch', 'delete'], apiGroups: ['storage.k8s.io'], resources: ['csinodes'] },
  {
    verbs: ['create', 'get', 'list', 'watch'],
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  { verbs: ['create'], apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'] },
];

type References = (pod: Json) => string[];

const accountsOf: References = (pod) => [pod.spec.serviceAccountName ?? 'default'];

/** What a Pod may refer to by name, by plural. */
export const REFERENCES: ReadonlyMap<string, References> = new Map([
  ['secrets', secretsOf],
  ['configmaps', configMapsOf],
  ['persistentvolumeclaims', (pod: Json) => volumesOf(pod).flatMap((v) => v.persistentVolumeClaim?.claimName ?? [])],
  ['serviceaccounts', (pod: Json) => (pod.spec.serviceAccountName ? [pod.spec.serviceAccountName] : [])],
]);

export function nodeMay(plane: Plane, node: string, access: AccessAttributes): boolean {
  if (access.kind === 'path') return false;
  const references = referencesMeant(access);
  if (references) return isReferred(plane, node, access.namespace, access.name, references);
  return RULES.some((rule) => ruleAllows(rule, access));
}

/** For rights that a node has because of its Pods: objects that they refer to are read, tokens of their accounts made. */
function referencesMeant({ group, resource, subresource, verb }: ResourceAccess): References | undefined {
  if (group !== '') return undefined;
  if (resource === 'serviceaccounts')
    return (subresource === 'token' ? verb === 'create' : !subresource && verb === 'get') ? accountsOf : undefined;
  return !subresource && verb === 'get' ? REFERENCES.get(resource) : undefined;
}

function isReferred(
  plane: Plane,
  node: string,
  namespace: string | undefined,
  name: string | undefined,
  references: References,
): boolean {
  const prefix = `${namespace}/`;
  for (const [key, entry] of plane.of('', 'pods').current.entries(prefix)) {
    if (!key.startsWith(prefix)) return false;
    if (entry.attributes.fields['spec.nodeName'] === node && references(entry.parse()).includes(name ?? ''))
      return true;
  }
  return false;
}

function volumesOf(pod: Json): Json[] {
  const volumes: Json[] = pod.spec.volumes ?? [];
  return volumes.flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])]);
}

function containersOf({ spec }: Json): Json[] {
  return [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function secretsOf(pod: Json): string[] {
  const pulls = (pod.spec.imagePullSecrets ?? []).map((ref: Json) => ref.name);
  const volumes = volumesOf(pod).flatMap((v) => v.secret?.secretName ?? v.secret?.name ?? []);
  return [...pulls, ...volumes, ...environmentOf(pod, 'secretKeyRef', 'secretRef')];
}

function configMapsOf(pod: Json): string[] {
  return [
    ...volumesOf(pod).flatMap((v) => v.configMap?.name ?? []),
    ...environmentOf(pod, 'configMapKeyRef', 'configMapRef'),
  ];
}

function environmentOf(pod: Json, key: string, whole: string): string[] {
  return containersOf(pod).flatMap((container) => [
    ...(container.env ?? []).flatMap((e: Json) => e.valueFrom?.[key]?.name ?? []),
    ...(container.envFrom ?? []).flatMap((e: Json) => e[whole]?.name ?? []),
  ]);
}
