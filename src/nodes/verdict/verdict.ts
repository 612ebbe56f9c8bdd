/**
 * NotReady is a hypothesis. What is the matter with a host is judged from what several witnesses say of it, each over a way
 * of its own. Pure: evidence in, a verdict out.
 */
import type { Saying, Verdict, Witness } from '../vocabulary.ts';

/** Who was asked: the Lease that the kubelet renews, the kubelet itself, the agent on the host, hosts of other racks. */
export interface Evidence {
  readonly witness: Witness;
  readonly says: Saying;
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Witnesses besides the Lease that must agree before a host counts as down. */
export const LEAST_WITNESSES = 2;

/**
 * - `Ready`: the Lease is renewed.
 * - `PathDown`: it is not, but the kubelet answers: the way from the host to the API server is broken.
 * - `AgentDown`: the kubelet does not answer, but the host lives: containers run on.
 * - `NodeDown`: nobody finds it alive, and at least two of different kinds find it dead.
 * - `Suspect`: anything else.
 */
export function verdictFrom(evidence: readonly Evidence[]): Exclude<Verdict, 'ControlPlaneBlind'> {
  const says = (witness: Witness, what: Evidence['says']) =>
    evidence.some((one) => one.witness === witness && one.says === what);
  if (says('lease', 'alive')) return 'Ready';
  if (says('kubelet', 'alive')) return 'PathDown';
  if (says('agent', 'alive') || says('peer', 'alive')) return 'AgentDown';
  const against = new Set(
    evidence.filter((one) => one.witness !== 'lease' && one.says === 'dead').map(({ witness }) => witness),
  );
  return against.size >= LEAST_WITNESSES && says('lease', 'dead') ? 'NodeDown' : 'Suspect';
}

/** What it means for people, and for what may happen by itself. */
export const MEANINGS: Readonly<Record<Verdict, string>> = {
  Ready: 'it reports',
  Suspect: 'it does not report, and too few witnesses could say why',
  NodeDown: 'the host is down: at least two witnesses besides its Lease find it dead',
  AgentDown: 'the kubelet is down, the host lives and its containers run on',
  PathDown: 'the kubelet is well and does not reach the API server',
  ControlPlaneBlind: 'so many fell silent at once that the fault is where we look from: nothing happens by itself',
};
