import type { FieldError, Json, ResourceDefinition } from '../definition.ts';
import { ephemeralCreateErrors } from '../validation/ephemeral-container.ts';
import { forbidden } from '../validation/field-error.ts';
import { validatePod, validatePodUpdate } from '../validation/pod.ts';
import { hostnameWarnings, podWarnings } from '../validation/pod-warnings.ts';
import { podColumns } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { keepEphemeralContainers, keepResources } from './pod-part.ts';
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
  answersDeleted: true,
  graceSeconds: graceOf,
  strategy: {
    default: defaultPod,
    prepareForCreate,
    prepareForUpdate,
    validate: validatePod,
    validateCreate: (pod) => [...ephemeralCreateErrors(pod), ...gatedHostErrors(pod)],
    validateUpdate: validatePodUpdate,
    warnings: (pod) => [...hostnameWarnings(pod.metadata.name), ...podWarnings(pod.spec, 'spec')],
  },
};

function prepareForCreate(pod: Json): void {
  const { spec } = pod;
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

function gatedHostErrors({ spec }: Json): FieldError[] {
  if (!spec.nodeName || !spec.schedulingGates?.length) return [];
  return [forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')];
}

/** A Pod that no kubelet runs has nothing to end. */
function graceOf({ spec, status }: Json, asked: number | undefined): number {
  if (!spec.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0;
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

function prepareForUpdate(pod: Json, old: Json, subresource: string | undefined): void {
  if (subresource === 'status') {
    pod.spec = old.spec;
    keepQosClass(pod, old);
    mirrorPodIP(pod.status);
    return;
  }
  if (subresource === 'resize') keepResources(pod, old);
  if (subresource === 'ephemeralcontainers') keepEphemeralContainers(pod, old);
  if (subresource !== 'binding') pod.status = old.status ?? {};
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
