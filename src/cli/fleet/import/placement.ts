/** What became of imported Pods: how many run, how many wait, and why. */
import type { Pod } from '../../../kube/index.ts';

export interface Placement {
  readonly total: number;
  readonly running: number;
  /** On a host, not yet running. */
  readonly starting: number;
  /** Ran to their end. */
  readonly ended: number;
  /** The scheduler has not spoken yet. */
  readonly undecided: number;
  readonly waiting: readonly WaitingGroup[];
}

export interface WaitingGroup {
  /** What no host could give: `Insufficient cpu; Insufficient nvidia.com/gpu`. */
  readonly reason: string;
  readonly pods: number;
  /** One of them, and what it asks for. */
  readonly example: string;
  readonly requests: Readonly<Record<string, string>>;
}

export function placementOf(pods: Iterable<Pod>): Placement {
  const counts = { total: 0, running: 0, starting: 0, ended: 0, undecided: 0 };
  const groups: Groups = new Map();
  for (const pod of pods) {
    counts.total++;
    const fate = fateOf(pod);
    if (fate !== 'waiting') counts[fate]++;
    else countReason(groups, pod);
  }
  const waiting = [...groups].map(([reason, group]) => ({ reason, ...group }));
  return { ...counts, waiting: waiting.toSorted((a, b) => b.pods - a.pods) };
}

/** Has everything been decided that will be without anyone's doing? */
export function isSettled({ starting, undecided }: Placement): boolean {
  return starting === 0 && undecided === 0;
}

/** The scheduler's sentence without its numbers, which differ from Pod to Pod and from moment to moment. */
export function reasonOf(message: string): string {
  const list = /available: (.*?)\.?(?: preemption:.*)?$/s.exec(message)?.[1];
  if (list === undefined) return message;
  const reasons = list.split(/, (?=\d+ )/).map((part) => part.replace(/^\d+ /, '').replace(/\.$/, ''));
  return [...new Set(reasons)].toSorted().join('; ');
}

function fateOf(pod: Pod): 'running' | 'starting' | 'ended' | 'undecided' | 'waiting' {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return 'ended';
  if (pod.spec.nodeName) return phase === 'Running' ? 'running' : 'starting';
  return refusalOf(pod) ? 'waiting' : 'undecided';
}

type Groups = Map<string, { pods: number; example: string; requests: Record<string, string> }>;

function countReason(groups: Groups, pod: Pod): void {
  const reason = reasonOf(refusalOf(pod)?.message ?? '');
  const group = groups.get(reason);
  if (group) group.pods++;
  else
    groups.set(reason, {
      pods: 1,
      example: pod.metadata.name,
      requests: pod.spec.containers[0]?.resources?.requests ?? {},
    });
}

function refusalOf(pod: Pod) {
  return pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
}
