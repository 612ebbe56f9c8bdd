/**
 * What scheduling needs to know of a Pod beside its name and labels, parsed once for all Pods of equal spec. Two Pods of
 * one class get the same answers from every plugin that looks only at the Pod's class and one host.
 */
import type { core, Pod } from '../../kube/index.ts';
import { type AffinityTerms, affinityTerms } from './affinity-term.ts';
import { type HostPort, hostPorts } from './host-port.ts';
import type { NodeFacts } from './node-facts.ts';
import { type NodeSelector, preferredNodeWeight, requiredNodeSelector } from './node-selector.ts';
import { NON_ZERO, podRequests } from './pod-requests.ts';
import { type PodVolumes, podVolumes } from './pod-volumes.ts';
import type { Resources } from './resources.ts';
import { type SpreadConstraint, spreadConstraint } from './spread-constraint.ts';

export interface PodClass {
  /** Equal ids mean one class; never given twice. */
  readonly id: number;
  readonly namespace: string;
  readonly preemptionPolicy: string;
  readonly requests: Resources;
  /** Requests with stand-ins for containers that name none; only scores look at them. */
  readonly nonZeroRequests: Resources;
  readonly ports: readonly HostPort[];
  readonly tolerations: readonly core.Toleration[];
  readonly requiredNodes: NodeSelector | undefined;
  readonly preferredNodeWeight: ((node: NodeFacts) => number) | undefined;
  /** One entry a container, so that two containers of one image count twice. */
  readonly images: readonly string[];
  readonly spreadConstraints: readonly SpreadConstraint[];
  readonly affinity: AffinityTerms | undefined;
  readonly volumes: PodVolumes;
}

/** Keeps the most recently used classes; a class that was dropped and comes again is simply parsed again. */
export class PodClasses {
  readonly #classes = new Map<string, PodClass>();
  readonly #limit: number;

  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  of(pod: Pod): PodClass {
    const key = contentOf(pod);
    const known = this.#classes.get(key);
    if (known) return known;
    if (this.#classes.size >= this.#limit) this.#classes.delete(this.#classes.keys().next().value!);
    const fresh = podClass(pod);
    this.#classes.set(key, fresh);
    return fresh;
  }
}

let classes = 0;

export function podClass(pod: Pod): PodClass {
  const { spec } = pod;
  const namespace = pod.metadata.namespace ?? 'default';
  const labels = pod.metadata.labels ?? {};
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  return {
    id: ++classes,
    namespace,
    preemptionPolicy: spec.preemptionPolicy ?? 'PreemptLowerPriority',
    requests: podRequests(pod),
    nonZeroRequests: podRequests(pod, NON_ZERO),
    ports: hostPorts(spec),
    tolerations: spec.tolerations ?? [],
    requiredNodes: requiredNodeSelector(spec),
    preferredNodeWeight: preferredNodeWeight(spec),
    images: [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(({ image }) => normalImageName(image)),
    spreadConstraints: (spec.topologySpreadConstraints ?? []).map((c) => spreadConstraint(c, namespace, labels)),
    affinity: podAffinity || podAntiAffinity ? affinityTerms(spec.affinity!, namespace, labels) : undefined,
    volumes: podVolumes(pod),
  };
}

/** `nginx` is `nginx:latest`, as hosts report their images with a tag. */
export function normalImageName(image = ''): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** Everything that {@link podClass} reads, as text. */
function contentOf(pod: Pod): string {
  const { spec, status, metadata } = pod;
  const { resources } = spec as { resources?: unknown };
  return JSON.stringify([
    metadata.namespace,
    spec.preemptionPolicy,
    spec.hostNetwork,
    spec.nodeSelector,
    spec.affinity,
    spec.tolerations,
    spec.topologySpreadConstraints,
    spec.overhead,
    resources,
    usedLabels(pod),
    (spec.containers ?? []).map(containerContent),
    (spec.initContainers ?? []).map(containerContent),
    [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].flatMap(statusContent),
    podVolumes(pod),
  ]);
}

function containerContent({ name, image, resources, restartPolicy, ports }: core.Container): unknown[] {
  return [name, image, resources?.requests, resources?.limits, restartPolicy, ports];
}

function statusContent({ name, allocatedResources, resources }: core.ContainerStatus): unknown[] {
  const amounts = [allocatedResources, resources?.requests];
  return amounts.some(Boolean) ? [[name, ...amounts]] : [];
}

/** Labels matter to the class only where a selector refers to the Pod's own by key. */
function usedLabels({ metadata, spec }: Pod): unknown {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap((affinity) => [
    ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ]);
  const keys = [
    ...terms.flatMap(({ matchLabelKeys = [], mismatchLabelKeys = [] }) => [...matchLabelKeys, ...mismatchLabelKeys]),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ matchLabelKeys = [] }) => matchLabelKeys),
  ];
  return keys.map((key) => metadata.labels?.[key] ?? null);
}
