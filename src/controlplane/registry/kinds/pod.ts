import type { Json, ResourceDefinition } from '../definition.ts';
import { validatePod, validatePodUpdate } from '../validation/pod.ts';
import { podColumns } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { qosClassOf } from './pod-qos.ts';

export const pods: ResourceDefinition = {
  group: '',
  version: 'v1',
  plural: 'pods',
  singular: 'pod',
  kind: 'Pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  status: true,
  selectableFields: {
    'spec.nodeName': (pod) => pod.spec?.nodeName ?? '',
    'spec.restartPolicy': (pod) => pod.spec?.restartPolicy ?? '',
    'spec.schedulerName': (pod) => pod.spec?.schedulerName ?? '',
    'spec.serviceAccountName': (pod) => pod.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (pod) => String(pod.spec?.hostNetwork ?? false),
    'status.phase': (pod) => pod.status?.phase ?? '',
    'status.podIP': (pod) => pod.status?.podIP ?? '',
    'status.podIPs': (pod) => (pod.status?.podIPs ?? []).map((address: Json) => address.ip).join(','),
    'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
  },
  columns: podColumns,
  strategy: {
    default: defaultPod,
    prepareForCreate,
    prepareForUpdate,
    validate: validatePod,
    validateUpdate: validatePodUpdate,
  },
};

const TOLERATED_SECONDS = 300;
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function prepareForCreate(pod: Json): void {
  const { spec } = pod;
  spec.serviceAccountName ||= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  setPriority(spec);
  tolerateLostNodes(spec);
  pod.status = { phase: 'Pending', qosClass: qosClassOf(spec) };
  if ((spec.schedulingGates ?? []).length > 0) {
    pod.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
        lastProbeTime: null,
        lastTransitionTime: null,
      },
    ];
  }
}

/** Classes other than the built-in two need a look at PriorityClasses, which admission does before this. */
function setPriority(spec: Json): void {
  spec.priority ??= SYSTEM_PRIORITIES[spec.priorityClassName] ?? 0;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

/** A Pod stays five minutes on a node that is lost, unless it says otherwise. */
function tolerateLostNodes(spec: Json): void {
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if ((spec.tolerations ?? []).some((t: Json) => toleratesEviction(t, key))) continue;
    const toleration = { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATED_SECONDS };
    spec.tolerations = [...(spec.tolerations ?? []), toleration];
  }
}

function toleratesEviction(toleration: Json, key: string): boolean {
  return (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute');
}

function prepareForUpdate(pod: Json, old: Json, subresource: string | undefined): void {
  if (subresource === 'status') {
    pod.spec = structuredClone(old.spec);
    keepQosClass(pod, old);
    mirrorPodIP(pod.status);
  } else if (subresource !== 'binding') {
    pod.status = structuredClone(old.status ?? {});
  }
}

function keepQosClass(pod: Json, old: Json): void {
  pod.status ??= {};
  if (!pod.status.qosClass && old.status?.qosClass) pod.status.qosClass = old.status.qosClass;
}

/** `podIP` and the first of `podIPs` are the same, whichever was written; so are the host's. */
function mirrorPodIP(status: Json): void {
  for (const [one, all] of [
    ['podIP', 'podIPs'],
    ['hostIP', 'hostIPs'],
  ] as const) {
    if (!status[one]) {
      if (status[all]?.length > 0) status[one] = status[all][0].ip;
    } else if (status[all]?.[0]?.ip !== status[one]) {
      status[all] = [{ ip: status[one] }];
    }
  }
}
