/** The Pod that a template describes, as its manager creates it. */
import {
  apiVersionOf,
  type core,
  type Draft,
  type KubeObject,
  type OwnerReference,
  type Pod,
  type ResourceType,
} from '../kube/index.ts';

export interface PodIdentity {
  readonly owner: KubeObject;
  readonly ownerType: ResourceType;
  readonly name: string;
  readonly generateName?: string;
}

export function podFromTemplate(template: core.PodTemplateSpec, identity: PodIdentity): Draft<Pod> {
  const { owner, ownerType, name, generateName } = identity;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(generateName && { generateName }),
      namespace: owner.metadata.namespace,
      labels: { ...labels },
      ...(annotations && { annotations: { ...annotations } }),
      ...(finalizers && { finalizers: [...finalizers] }),
      ownerReferences: [controllerReference(owner, ownerType)],
    },
    spec: structuredClone(template.spec) as Pod['spec'],
  };
}

export function controllerReference(owner: KubeObject, type: ResourceType): OwnerReference {
  return {
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
