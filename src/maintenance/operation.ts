/** One operation of maintenance as the records keep it: what was wished, how far it is, what it has met. */
import type { Consent, PodHindrance } from './drain/index.ts';
import { OPERATION_STATES, type OperationKind, type OperationState, STEPS, type StepName } from './vocabulary.ts';

export { OPERATION_STATES, type OperationKind, type OperationState, STEPS, type StepName };

export interface OperationWish {
  readonly host: string;
  /** What the person typed. */
  readonly address: string;
  readonly kind: OperationKind;
  /** 故障原因, in the words of whoever asks. */
  readonly reason: string;
  /** One of the whitelist; without it a person repairs and says when he is done. */
  readonly repair?: string;
  /** Whether Pods must leave first. */
  readonly drain: boolean;
  readonly consent: Consent;
  readonly drainTimeoutMs: number;
  readonly healthyDelayMs: number;
  readonly requestedBy: string;
  /** Why a second person must agree; empty when nobody need. */
  readonly approvals: readonly string[];
  /** Short facts about who is affected, as they were when it was asked for. */
  readonly impact: readonly AffectedApplication[];
}

export interface AffectedApplication {
  readonly application: string;
  readonly namespace: string;
  readonly owner: string;
  readonly pods: number;
  readonly replicas: number;
}

export interface StepRecord {
  readonly step: StepName;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly outcome?: 'done' | 'skipped' | 'failed' | 'aborted';
  readonly detail?: string;
}

export interface Blockade {
  readonly reason: string;
  readonly choices: readonly string[];
}

export interface DrainProgress {
  readonly total: number;
  readonly left: readonly string[];
  readonly hindered: readonly PodHindrance[];
  readonly deadline: number;
}

export interface Operation extends OperationWish {
  readonly id: string;
  readonly state: OperationState;
  readonly step: StepName;
  readonly steps: readonly StepRecord[];
  readonly approvedBy?: string;
  /** Asked for by people while it runs. */
  readonly abort?: { readonly actor: string; readonly reason: string };
  /** A person has repaired the host. */
  readonly repaired?: { readonly actor: string; readonly note: string };
  /** The status the host had, to go back to. */
  readonly prior?: string;
  readonly drainProgress?: DrainProgress;
  readonly blockade?: Blockade | undefined;
  readonly repairs: number;
  /** Verification: the times in a row that nothing was found, and when it was looked last. */
  readonly passes: number;
  readonly checkedAt?: number;
  readonly findings?: readonly string[];
  /** What was found before anything was done. */
  readonly before?: readonly string[];
  readonly leaseErrors: number;
  readonly result?: string;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly version: number;
}

const OPEN: ReadonlySet<OperationState> = new Set(['awaiting-approval', 'running', 'blocked', 'aborting']);

export function isOpen({ state }: Operation): boolean {
  return OPEN.has(state);
}

/** What a step that begins, or ends, makes of the operation's steps. */
export function withStep(steps: readonly StepRecord[], record: StepRecord): StepRecord[] {
  const others = steps.filter(({ step, startedAt }) => step !== record.step || startedAt !== record.startedAt);
  return [...others, record];
}

export function currentRecord({ steps, step }: Operation): StepRecord | undefined {
  return steps.findLast((record) => record.step === step && record.endedAt === undefined);
}

export function stepAfter(step: StepName): StepName {
  return STEPS[Math.min(STEPS.indexOf(step) + 1, STEPS.length - 1)]!;
}
