/** A daemon Pod is bound to its host before the scheduler sees it: by node affinity on the host's name. */

import { podFromTemplate } from '../../../control/index.ts';
import { type core, DAEMON_SETS, type DaemonSet, type Draft, type Pod } from '../../../kube/index.ts';
import { daemonTolerations } from './node-match.ts';

export const HASH = 'controller-revision-hash';
export const GENERATION = 'pod-template-generation';
const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** The host a Pod is on or meant for. */
export function targetOf(pod: Pod): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const terms =
    pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms
    .flatMap((term) => term.matchFields ?? [])
    .find((field) => field.key === 'metadata.name' && field.operator === 'In' && field.values?.length === 1)
    ?.values?.at(0);
}

export function daemonPod(set: DaemonSet, node: string, hash: string, name: string): Draft<Pod> {
  const generateName = `${set.metadata.name}-`;
  const pod = podFromTemplate(set.spec.template, { owner: set, ownerType: DAEMON_SETS, name, generateName });
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION];
  pod.metadata.labels = { ...pod.metadata.labels, [HASH]: hash, ...(generation && { [GENERATION]: generation }) };
  pod.spec = { ...pod.spec, affinity: pinned(pod.spec.affinity, node), tolerations: daemonTolerations(pod.spec) };
  return pod;
}

/** The user's own requirements have been met by the choice of the host; preferences mean nothing now but stay. */
function pinned(affinity: core.Affinity | undefined, node: string): core.Affinity {
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...affinity, nodeAffinity: { ...affinity?.nodeAffinity, ...required } };
}

export function isUpdated(set: DaemonSet, pod: Pod, hash: string): boolean {
  const generation = set.metadata.annotations?.[GENERATION_ANNOTATION];
  const sameGeneration = generation !== undefined && pod.metadata.labels?.[GENERATION] === generation;
  return sameGeneration || pod.metadata.labels?.[HASH] === hash;
}
