/**
 * The state machine of a Release: from its status and what is seen, the status that follows. Pure; it may be asked again with
 * the same world and answers the same, so that a controller killed between two writes loses nothing.
 *
 *   Pending -> Running { Updating -> Baking -> Checking -> Paused } for each step -> Promoting -> Succeeded
 *   any of these -> RollingBack -> RolledBack; a newer Release -> Superseded; no Group any more -> Failed
 */
import { rfc3339 } from '../../kube/index.ts';
import { checksDone, failedCheck, withResults } from './check-state.ts';
import { parseRequest } from './request.ts';
import type { ReleaseSpec, ReleaseStatus, Seen, SeenGroup, SeenPod } from './seen.ts';
import { expectedCount, type StepGoal, stepFor, stepGoal } from './step-goal.ts';

type Phase = NonNullable<ReleaseStatus['phase']>;
type StepState = NonNullable<ReleaseStatus['stepState']>;

const ENDED: ReadonlySet<Phase | undefined> = new Set(['Succeeded', 'RolledBack', 'Superseded', 'Failed']);
const FORWARD: ReadonlySet<Phase | undefined> = new Set(['Running', 'Paused', 'Promoting']);
const HISTORY = 50;

export function hasEnded({ phase }: Pick<ReleaseStatus, 'phase'>): boolean {
  return ENDED.has(phase);
}

/** One run being led on: a status in the making. */
export class Run {
  readonly spec: ReleaseSpec;
  readonly seen: Seen;
  status: ReleaseStatus;

  constructor(spec: ReleaseSpec, status: ReleaseStatus | undefined, seen: Seen) {
    this.spec = spec;
    this.seen = seen;
    this.status = { phase: 'Pending', ...status };
  }

  get index(): number {
    return this.status.currentStepIndex ?? 1;
  }

  get goal(): StepGoal {
    return stepGoal(this.spec.steps, this.index);
  }

  get step() {
    return this.spec.steps[this.index - 1];
  }

  set(change: Partial<ReleaseStatus>): void {
    this.status = { ...this.status, ...change };
  }

  tell(event: string, message?: string): void {
    const entry = { time: rfc3339(this.seen.now), event, ...(message && { message }) };
    this.set({ history: [...(this.status.history ?? []), entry].slice(-HISTORY) });
  }

  /** Into a state of the step; time and checks begin anew. */
  enter(stepState: StepState, index = this.index): void {
    const time = rfc3339(this.seen.now);
    this.set({ stepState, currentStepIndex: index, stateTime: time, progressTime: time });
    if (stepState === 'Updating') this.set({ checks: [] });
  }

  /** Milliseconds in the present state. */
  get age(): number {
    return this.seen.now - Date.parse(this.status.stateTime ?? rfc3339(this.seen.now));
  }
}

export function advance(spec: ReleaseSpec, status: ReleaseStatus | undefined, seen: Seen): ReleaseStatus {
  const run = new Run(spec, status, seen);
  const { group, takenOver } = seen;
  if (!hasEnded(run.status)) {
    if (!group && run.status.phase !== 'Pending') end(run, 'Failed', 'The Group is no more');
    else if (takenOver) end(run, 'Superseded', `Release ${takenOver} has taken over`);
  }
  obey(run);
  if (group && !hasEnded(run.status)) {
    follow(run, group);
    if (FORWARD.has(run.status.phase)) walk(run, group);
    if (run.status.phase === 'RollingBack') goBack(run, group);
  }
  run.set({ observedGeneration: seen.generation });
  return run.status;
}

/** Those at the target, whether they serve yet or not. */
export function atTarget({ status }: Pick<Run, 'status'>, group: SeenGroup): SeenPod[] {
  const hash = group.hashOf(status.targetRevision ?? '');
  return group.pods.filter((pod) => hash !== undefined && pod.hash === hash);
}

export function expectedNow(run: Run, group: SeenGroup): number {
  return expectedCount(run.goal, group.replicas, group.pods);
}

/** The Group's Pods that stop this step from being done. */
export function laggards(run: Run, group: SeenGroup): SeenPod[] {
  const hash = group.hashOf(run.status.targetRevision ?? '');
  const named = new Set(run.goal.named);
  const due = group.pods.filter((pod) => named.has(pod.name) || pod.hash === hash || pod.inFlight);
  return due.filter((pod) => pod.hash !== hash || !pod.available);
}

function end(run: Run, phase: Phase, message: string): void {
  const { stepState: _, steering: __, ...rest } = run.status;
  run.status = { ...rest, phase, completionTime: rfc3339(run.seen.now), paused: false };
  run.tell(phase, message);
}

// What people ask

/** The same request is carried out once; it stays on record until the annotation is gone. */
function obey(run: Run): void {
  const { request } = run.seen;
  if (request === undefined) {
    const { handledRequest: _, ...rest } = run.status;
    run.status = rest;
    return;
  }
  if (request === run.status.handledRequest) return;
  const asked = parseRequest(request);
  const done = asked !== undefined && carryOut(run, asked.verb, asked.step);
  if (!done) run.tell('Ignored', `Request ${request} makes no sense now (${run.status.phase}, step ${run.index})`);
  run.set({ handledRequest: request });
}

function carryOut(run: Run, verb: string, step: number | undefined): boolean {
  const { phase, paused = false } = run.status;
  const forward = FORWARD.has(phase);
  switch (verb) {
    case 'approve':
      return forward && approve(run, step ?? run.index);
    case 'pause':
      if (forward && !paused) hold(run, 'Paused', 'Somebody has paused the run');
      return forward;
    case 'resume':
      if (forward && paused) release(run, 'Resumed');
      return forward;
    case 'abort':
      if (forward) rollBack(run, 'Aborted', 'Somebody has aborted the run');
      return forward || phase === 'RollingBack';
    case 'jump':
      return forward && step !== undefined && jump(run, step);
    default:
      return retry(run);
  }
}

/** Of the step it is at; of one before it is the echo of an earlier approval. */
function approve(run: Run, step: number): boolean {
  const { approvals = [] } = run.status;
  if (step < 1 || step > run.index) return false;
  if (step < run.index || approvals.some((one) => one.step === step)) return true;
  run.set({ approvals: [...approvals, { step, time: rfc3339(run.seen.now) }] });
  run.tell('Approved', `Step ${step}`);
  if (run.status.paused && failedCheck(run.step?.checks, run.status.checks)) release(run, 'Resumed');
  return true;
}

/** Numbers beyond the steps mean the first or all Pods. */
function jump(run: Run, wanted: number): boolean {
  const step = Math.min(Math.max(wanted, 1), run.spec.steps.length + 1);
  const approvals = (run.status.approvals ?? []).filter((one) => one.step < step);
  run.set({ approvals, paused: false, phase: 'Running' });
  run.enter('Updating', step);
  run.tell('Jumped', step === wanted ? `To step ${step}` : `To step ${step}, as there is no step ${wanted}`);
  return true;
}

function retry(run: Run): boolean {
  const { phase, paused } = run.status;
  if (FORWARD.has(phase) && paused) {
    run.enter('Updating');
    release(run, 'Retried');
    return true;
  }
  if (phase !== 'RolledBack' && phase !== 'RollingBack') return false;
  const { completionTime: _, steering: __, ...rest } = run.status;
  run.status = { ...rest, phase: 'Pending' };
  run.tell('Retried');
  return true;
}

function hold(run: Run, event: string, message: string): void {
  run.set({ paused: true });
  run.tell(event, message);
}

function release(run: Run, event: string): void {
  run.set({ paused: false, progressTime: rfc3339(run.seen.now) });
  run.tell(event);
}

// What is released

function follow(run: Run, group: SeenGroup): void {
  if (!group.settled) return;
  const wanted = run.spec.targetRevision ?? group.updateRevision;
  if (!wanted || group.hashOf(wanted) === undefined) return;
  const { phase, targetRevision, stableRevision } = run.status;
  if (phase === 'Pending') start(run, group, wanted, run.seen.olderStable ?? group.currentRevision);
  else if (wanted !== targetRevision) {
    if (wanted !== stableRevision) start(run, group, wanted, stableRevision);
    else if (phase !== 'RollingBack') rollBack(run, 'Reverted', 'The template is what the Group had before');
  } else if (run.seen.generation !== run.status.observedGeneration && FORWARD.has(phase)) replan(run, group);
}

/** Pods that are at the target already stay there: the first step that has room for them is the first one. */
function start(run: Run, group: SeenGroup, target: string, stable: string | undefined): void {
  if (!stable || target === stable || group.hashOf(stable) === undefined) return;
  const { paused: _, steering: __, ...rest } = run.status;
  const before = rest.targetRevision !== undefined && rest.phase !== 'Pending' ? rest.targetRevision : undefined;
  run.status = {
    ...rest,
    phase: 'Running',
    run: (rest.run ?? 0) + 1,
    stableRevision: stable,
    targetRevision: target,
    approvals: [],
    startTime: rest.startTime ?? rfc3339(run.seen.now),
  };
  run.enter('Updating', firstStep(run, group));
  run.tell('Started', `From ${stable} to ${target}${before ? `, in place of ${before}` : ''}`);
}

function firstStep(run: Run, group: SeenGroup, preferred = 1): number {
  const expected = (goal: StepGoal) => expectedCount(goal, group.replicas, group.pods);
  return stepFor(run.spec.steps, atTarget(run, group).length, expected, preferred);
}

/** The steps were edited: no Pod that has been updated is taken back. */
function replan(run: Run, group: SeenGroup): void {
  const index = firstStep(run, group, run.index);
  if (index === run.index) return;
  run.enter('Updating', index);
  run.tell('Replanned', `The steps were edited; the run is at step ${index}`);
}

// Forward

function walk(run: Run, group: SeenGroup): void {
  for (let moved = true; moved && !run.status.paused && FORWARD.has(run.status.phase); ) moved = moveOn(run, group);
  if (!FORWARD.has(run.status.phase)) return;
  const resting = run.status.paused || run.status.stepState === 'Paused';
  run.set({ phase: resting ? 'Paused' : run.index > run.spec.steps.length ? 'Promoting' : 'Running' });
}

/** From one state to the next; false when it has to wait. */
function moveOn(run: Run, group: SeenGroup): boolean {
  switch (run.status.stepState) {
    case 'Baking':
      return run.age >= (run.step?.bakeSeconds ?? 0) * 1000 && go(run, 'Checking');
    case 'Checking':
      return check(run);
    case 'Paused':
      return isPauseOver(run) && next(run);
    default:
      return update(run, group);
  }
}

function go(run: Run, state: StepState): true {
  run.enter(state);
  return true;
}

function next(run: Run): true {
  run.enter('Updating', run.index + 1);
  run.tell('Step', run.index > run.spec.steps.length ? 'All Pods follow' : `Step ${run.index}`);
  return true;
}

function update(run: Run, group: SeenGroup): boolean {
  const available = atTarget(run, group).filter((pod) => pod.available).length;
  if (available > (run.status.updatedReplicas ?? 0)) run.set({ progressTime: rfc3339(run.seen.now) });
  const named = laggards(run, group).filter(({ name }) => run.goal.named.includes(name));
  const done = available >= expectedNow(run, group) && named.length === 0;
  if (run.index > run.spec.steps.length) {
    if (done && available === group.replicas && group.currentRevision === run.status.targetRevision)
      succeed(run, group);
    else late(run);
    return false;
  }
  if (done) return go(run, 'Baking');
  late(run);
  return false;
}

/** A run of a revision that is not the template's holds the Group to it until the template changes. */
function succeed(run: Run, group: SeenGroup): void {
  const { targetRevision = '' } = run.status;
  end(run, 'Succeeded', `All ${group.replicas} Pods have ${targetRevision}`);
  const { updateRevision = '' } = group;
  if (updateRevision !== targetRevision) holdAt(run, targetRevision, updateRevision);
}

function check(run: Run): boolean {
  const { step, status } = run;
  const approved = isApproved(run);
  run.set({ checks: withResults(step?.checks, status.checks, run.seen.results, run.seen.now) });
  const failed = failedCheck(step?.checks, run.status.checks);
  if (failed && !approved) {
    const message = `Check ${failed.name} failed ${failed.failures} times: ${failed.message ?? ''}`;
    if (run.spec.autoRollback) rollBack(run, 'CheckFailed', message);
    else hold(run, 'CheckFailed', message);
    return false;
  }
  if (!approved && !checksDone(step?.checks, run.status.checks)) return false;
  return step?.pause ? go(run, 'Paused') : next(run);
}

function isPauseOver(run: Run): boolean {
  const seconds = run.step?.pause?.durationSeconds;
  if (!run.step?.pause || isApproved(run)) return true;
  return seconds !== undefined && run.age >= seconds * 1000;
}

function isApproved({ status, index }: Run): boolean {
  return status.approvals?.some(({ step }) => step === index) ?? false;
}

// Lateness

export function isLate(spec: ReleaseSpec, status: ReleaseStatus, now: number): boolean {
  const waits = status.phase === 'RollingBack' || status.stepState === 'Updating';
  if (hasEnded(status) || status.phase === 'Pending' || status.paused || !waits || !status.progressTime) return false;
  return now >= Date.parse(status.progressTime) + spec.deadlineSeconds * 1000;
}

function late(run: Run): void {
  if (!isLate(run.spec, run.status, run.seen.now) || !run.spec.autoRollback) return;
  rollBack(run, 'ProgressDeadlineExceeded', `Nothing has moved for ${run.spec.deadlineSeconds} s`);
}

// Back

function rollBack(run: Run, event: string, message: string): void {
  const { stepState: _, ...rest } = run.status;
  run.status = { ...rest, phase: 'RollingBack', paused: false, progressTime: rfc3339(run.seen.now) };
  run.tell(event, message);
}

function goBack(run: Run, group: SeenGroup): void {
  const { stableRevision = '', targetRevision = '' } = run.status;
  if (!isBack(run, group)) return;
  const serving = group.pods.filter(({ available }) => available).length;
  const arrived = serving >= group.replicas && group.currentRevision === stableRevision;
  if (!arrived && !isLate(run.spec, run.status, run.seen.now)) return;
  end(run, 'RolledBack', `All ${group.replicas} Pods have ${stableRevision}; ${serving} are available`);
  const reverted = group.settled && group.updateRevision === stableRevision;
  if (!reverted) holdAt(run, stableRevision, targetRevision);
  else if (!arrived) holdAt(run, stableRevision, stableRevision);
}

/** Every replica has the stable revision, and nothing is under way. */
export function isBack({ status }: Pick<Run, 'status'>, { pods, replicas, hashOf }: SeenGroup): boolean {
  const hash = hashOf(status.stableRevision ?? '');
  return pods.length === replicas && pods.every((pod) => pod.hash === hash && !pod.inFlight);
}

function holdAt(run: Run, stableRevision: string, targetRevision: string): void {
  run.set({ steering: { mode: 'Hold', stableRevision, targetRevision, updated: 0 } });
}
