/** A Pod as its page shows it: no environment, no volumes, nothing that may hold a secret. */
import { type CoreEvent, type core, type Pod, parseQuantity } from '../kube/index.ts';

/** As metrics.k8s.io tells it. */
export interface PodUse {
  readonly containers?: readonly { readonly name: string; readonly usage?: Readonly<Record<string, string>> }[];
}

export function podView(pod: Pod, use: PodUse | undefined) {
  const { metadata, spec, status = {} } = pod;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    uid: metadata.uid,
    createdAt: metadata.creationTimestamp,
    deletedAt: metadata.deletionTimestamp ?? null,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controller ? `${controller.kind}/${controller.name}` : null,
    node: spec.nodeName ?? null,
    phase: status.phase ?? 'Unknown',
    reason: status.reason ?? null,
    message: status.message ?? null,
    ip: status.podIP ?? null,
    hostIp: status.hostIP ?? null,
    qos: status.qosClass ?? null,
    conditions: (status.conditions ?? []).map(({ type, status: holds, reason, message, lastTransitionTime }) => ({
      type,
      holds,
      reason: reason ?? '',
      message: message ?? '',
      since: lastTransitionTime ?? null,
    })),
    containers: containersOf(pod, use),
  };
}

function containersOf({ spec, status = {} }: Pod, use: PodUse | undefined) {
  const kinds = [
    ['init', spec.initContainers, status.initContainerStatuses],
    ['container', spec.containers, status.containerStatuses],
    ['ephemeral', spec.ephemeralContainers, status.ephemeralContainerStatuses],
  ] as const;
  return kinds.flatMap(([kind, containers = [], statuses = []]) =>
    containers.map((container) =>
      containerOf(
        kind,
        container as core.Container,
        statuses.find(({ name }) => name === container.name),
        use?.containers?.find(({ name }) => name === container.name)?.usage,
      ),
    ),
  );
}

function containerOf(
  kind: 'init' | 'container' | 'ephemeral',
  { name, image, resources }: core.Container,
  status: core.ContainerStatus | undefined,
  usage: Readonly<Record<string, string>> | undefined,
) {
  const [state = 'waiting'] = Object.keys(status?.state ?? {});
  const told = status?.state?.waiting ?? status?.state?.terminated;
  return {
    kind,
    name,
    image: image ?? '',
    id: status?.containerID ?? null,
    state,
    reason: told?.reason ?? null,
    message: told?.message ?? null,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
    startedAt: status?.state?.running?.startedAt ?? null,
    /** Is there a log of the one before? */
    previous: status?.lastState?.terminated !== undefined,
    cpu: amounts('cpu', resources, usage),
    memory: amounts('memory', resources, usage),
  };
}

/** In cores and bytes; null where nothing is said. */
function amounts(
  what: 'cpu' | 'memory',
  resources: core.ResourceRequirements | undefined,
  usage: Readonly<Record<string, string>> | undefined,
) {
  const number = (text: string | undefined) => (text === undefined ? null : Number(parseQuantity(text).nanos) / 1e9);
  return {
    request: number(resources?.requests?.[what]),
    limit: number(resources?.limits?.[what]),
    use: number(usage?.[what]),
  };
}

/** Newest first. */
export function eventsOf(events: readonly CoreEvent[]) {
  return events
    .map((event) => ({
      type: event.type ?? 'Normal',
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.series?.count ?? event.count ?? 1,
      from: event.source?.component || event.reportingComponent || '',
      at:
        event.series?.lastObservedTime ??
        event.lastTimestamp ??
        event.eventTime ??
        event.metadata.creationTimestamp ??
        '',
    }))
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}
