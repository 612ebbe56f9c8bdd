/** Pods that cannot get where they should: their last host has no room, or refused them. */
import type { Group } from '../resources/index.ts';
import type { Member } from './member.ts';
import type { Instance } from './placement.ts';

/** What a kubelet says of a Pod that it has no room for. */
const REFUSED = /^(OutOf\w+|NodeAffinity|NodePorts|UnexpectedAdmissionError)$/;

export interface Stranded {
  /** Replicas whose last host is to be forgotten; `retry` once more there before that. */
  readonly notes: ReadonlyMap<number, 'Retry' | 'Reschedule'>;
  /** Pods that wait in vain, and can go now that it is written down that they may run elsewhere. */
  readonly lost: readonly Member[];
  /** When the next one will have waited long enough, in ms. */
  readonly wait: number | undefined;
}

/**
 * A Pod bound to its last host waits for `localTimeoutSeconds`. It may run elsewhere after that; this is written to the
 * Group's status first, and only then the Pod is made anew, so that it is not forgotten in between.
 */
export function findStranded(group: Group, members: readonly Member[], now: number): Stranded {
  const { node, localTimeoutSeconds } = group.spec.identity;
  const notes = new Map<number, 'Retry' | 'Reschedule'>();
  const lost: Member[] = [];
  let wait: number | undefined;
  if (node !== 'Required' && node !== 'Bind') return { notes, lost, wait };
  const instances = new Map(group.status?.instances?.map((instance) => [instance.ordinal, instance]));
  for (const member of members) {
    const instance = instances.get(member.ordinal);
    if (member.over) {
      const note = REFUSED.test(member.pod.status?.reason ?? '') && nextTry(instance);
      if (note) notes.set(member.ordinal, note);
    } else if (!member.leaving && !member.pod.spec.nodeName && isBound(member)) {
      const left = Date.parse(member.pod.metadata.creationTimestamp) + localTimeoutSeconds * 1000 - now;
      if (left > 0) wait = Math.min(wait ?? left, left);
      else if (instance?.node) notes.set(member.ordinal, 'Reschedule');
      else lost.push(member);
    }
  }
  return { notes, lost, wait };
}

function nextTry(instance: Instance | undefined): 'Retry' | 'Reschedule' {
  return instance?.lastAction === 'Retry' ? 'Reschedule' : 'Retry';
}

function isBound({ pod }: Member): boolean {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.some(({ matchFields }) => matchFields?.some(({ key }) => key === 'metadata.name')) ?? false;
}
