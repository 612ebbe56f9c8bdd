/** A Job's Pods: which index, who counts, and what a new one looks like. */

import { generatedName, podFromTemplate } from '../../../control/index.ts';
import { type core, type Draft, JOBS, type Job, type Pod } from '../../../kube/index.ts';

/** Holds a Pod until the Job's status has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';

export function isIndexed(job: Job): boolean {
  return job.spec.completionMode === 'Indexed';
}

/** Undefined when the Pod has no legal index. */
export function indexOf(job: Job, pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX];
  const index = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined;
}

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING) ?? false;
}

/** Are Pods replaced only when they have failed, not already when they are going? */
export function replacesFailedOnly(job: Job): boolean {
  return job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined;
}

export function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesFailedOnly(job) || pod.status?.phase === 'Succeeded') return false;
  return pod.metadata.deletionTimestamp !== undefined;
}

export interface NewJobPod {
  readonly index?: number;
  /** Failures of the index before, where they are counted one by one. */
  readonly failures?: number | undefined;
}

export function jobPod(job: Job, { index, failures }: NewJobPod, random: () => number): Draft<Pod> {
  const base = index === undefined ? `${job.metadata.name}-` : `${job.metadata.name}-${index}-`;
  const identity = { owner: job, ownerType: JOBS, name: generatedName(base, random), generateName: base };
  const pod = podFromTemplate(job.spec.template, identity);
  pod.metadata.finalizers = [...(pod.metadata.finalizers ?? []).filter((f) => f !== TRACKING), TRACKING];
  if (index === undefined) return pod;
  const indexed = { [INDEX]: String(index) };
  const counted: Record<string, string> = failures === undefined ? {} : { [INDEX_FAILURES]: String(failures) };
  pod.metadata.labels = { ...pod.metadata.labels, ...indexed };
  pod.metadata.annotations = { ...pod.metadata.annotations, ...indexed, ...counted };
  const containers = pod.spec.containers.map(withIndex);
  const initContainers = pod.spec.initContainers?.map(withIndex);
  const hostname = pod.spec.hostname ?? `${job.metadata.name}-${index}`;
  pod.spec = { ...pod.spec, hostname, containers, ...(initContainers && { initContainers }) };
  return pod;
}

function withIndex(container: core.Container): core.Container {
  const name = 'JOB_COMPLETION_INDEX';
  if (container.env?.some((variable) => variable.name === name)) return container;
  const valueFrom = { fieldRef: { fieldPath: `metadata.annotations['${INDEX}']` } };
  return { ...container, env: [...(container.env ?? []), { name, valueFrom }] };
}
