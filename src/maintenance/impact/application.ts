/** Whose Pods these are: the application, and the people behind it. */
import type { Pod } from '../../kube/index.ts';

export interface Application {
  readonly namespace: string;
  /** `Deployment/web`; a bare Pod is an application of its own. */
  readonly name: string;
  /** Team or person, from labels and annotations that are in use for it; `-` when nobody is named. */
  readonly owner: string;
}

/** The first that is there counts; an annotation before a label. */
export const OWNER_KEYS = ['jdos.jd.com/owner', 'jdos.jd.com/team', 'team', 'owner', 'app.kubernetes.io/managed-by'];

export function applicationOf(pod: Pod): Application {
  return { namespace: pod.metadata.namespace ?? '', name: controllerOf(pod), owner: ownerOf(pod) };
}

export function applicationKey({ namespace, name }: Pick<Application, 'namespace' | 'name'>): string {
  return `${namespace} ${name}`;
}

/** A Deployment's Pods belong to a ReplicaSet whose name is the Deployment's and the hash of its template. */
function controllerOf({ metadata }: Pod): string {
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  if (!controller) return `Pod/${metadata.name}`;
  const hash = metadata.labels?.['pod-template-hash'];
  if (controller.kind !== 'ReplicaSet' || !hash || !controller.name.endsWith(`-${hash}`)) {
    return `${controller.kind}/${controller.name}`;
  }
  return `Deployment/${controller.name.slice(0, -hash.length - 1)}`;
}

function ownerOf({ metadata: { annotations = {}, labels = {} } }: Pod): string {
  for (const key of OWNER_KEYS) {
    const owner = annotations[key] ?? labels[key];
    if (owner) return owner;
  }
  return '-';
}
