/** What a run says of itself to people: counts, where it waits and why, conditions. */
import { type Condition, rfc3339, setCondition } from '../../kube/index.ts';
import { failedCheck, recordOf } from './check-state.ts';
import { atTarget, expectedNow, hasEnded, isLate, laggards, type Run } from './run.ts';
import type { ReleaseStatus, SeenGroup } from './seen.ts';

/** The status with all that follows from the state of the run. */
export function summarized(run: Run): ReleaseStatus {
  const { group } = run.seen;
  if (group && !hasEnded(run.status)) run.set(countsOf(run, group));
  const { steps } = run.spec;
  const total = steps.length;
  const begun = run.status.currentStepIndex !== undefined;
  run.set({
    steps: total,
    message: messageOf(run),
    ...(begun && { step: run.index > total ? 'all' : `${run.index}/${total}` }),
  });
  run.set({ conditions: conditionsOf(run) });
  return run.status;
}

function countsOf(run: Run, group: SeenGroup): Partial<ReleaseStatus> {
  if (run.status.phase === 'Pending') return { replicas: group.replicas };
  const updatedReplicas = atTarget(run, group).filter(({ available }) => available).length;
  const expectedReplicas = run.status.phase === 'RollingBack' ? 0 : expectedNow(run, group);
  const { replicas } = group;
  return { updatedReplicas, expectedReplicas, replicas, updated: `${updatedReplicas}/${replicas}` };
}

function messageOf(run: Run): string {
  const { group } = run.seen;
  const { phase, history } = run.status;
  if (hasEnded(run.status)) return history?.at(-1)?.message ?? '';
  if (!group) return `There is no Group ${run.spec.groupRef.name}`;
  if (phase === 'Pending') return whyPending(run, group);
  if (phase === 'RollingBack') return whyGoingBack(run, group);
  if (run.status.paused) return whyPaused(run);
  return `${placeOf(run)}: ${whyWaiting(run, group)}`;
}

function whyPending(run: Run, group: SeenGroup): string {
  const wanted = run.spec.targetRevision ?? group.updateRevision;
  if (!group.settled || !wanted) return 'The Group has not been looked at since it was changed';
  if (group.hashOf(wanted) === undefined) return `The Group has no revision ${wanted}`;
  return 'Nothing to release: the template is what the Pods have; change it, and the run begins';
}

function whyGoingBack(run: Run, group: SeenGroup): string {
  const hash = group.hashOf(run.status.stableRevision ?? '');
  const back = group.pods.filter((pod) => pod.hash === hash && pod.available).length;
  return `${back} of ${group.replicas} Pods are back${named(group.pods.filter((pod) => pod.hash !== hash || !pod.available))}`;
}

function whyPaused(run: Run): string {
  const failed = failedCheck(run.step?.checks, run.status.checks);
  if (!failed) return `${placeOf(run)}: paused by request, until resumed`;
  return `${placeOf(run)}: check ${failed.name} failed (${failed.message ?? ''}); approve to go on, retry, or abort`;
}

function placeOf({ index, spec, step }: Run): string {
  if (index > spec.steps.length) return 'All Pods';
  return `Step ${index} of ${spec.steps.length}${step?.name ? ` (${step.name})` : ''}`;
}

function whyWaiting(run: Run, group: SeenGroup): string {
  const until = (seconds: number) => rfc3339(Date.parse(run.status.stateTime ?? '') + seconds * 1000);
  switch (run.status.stepState) {
    case 'Baking':
      return `the Pods serve until ${until(run.step?.bakeSeconds ?? 0)} before they are checked`;
    case 'Checking':
      return (run.step?.checks ?? []).map((check) => checkText(run, check.name, check.successes)).join('; ');
    case 'Paused':
      return pauseText(run, until);
    default:
      return `${run.status.updatedReplicas ?? 0} of ${expectedNow(run, group)} Pods are updated${named(laggards(run, group))}`;
  }
}

function pauseText(run: Run, until: (seconds: number) => string): string {
  const seconds = run.step?.pause?.durationSeconds;
  return seconds === undefined ? `waits for approval of step ${run.index}` : `pauses until ${until(seconds)}`;
}

function checkText(run: Run, name: string, successes: number): string {
  const record = recordOf(run.status.checks, name);
  const failures = record.failures > 0 ? `, failed ${record.failures} times: ${record.message ?? ''}` : '';
  return `check ${name} was well ${record.successes} of ${successes} times${failures}`;
}

/** A few Pods by name with what is being done to them. */
function named(pods: readonly { name: string; state: string }[]): string {
  if (pods.length === 0) return '';
  const few = pods.slice(0, 3).map(({ name, state }) => `${name} (${state})`);
  return `; waits for ${few.join(', ')}${pods.length > few.length ? ` and ${pods.length - few.length} more` : ''}`;
}

function conditionsOf(run: Run): ReleaseStatus['conditions'] {
  const { now, generation: observedGeneration } = run.seen;
  const clock = { now: () => now, after: () => () => {} };
  const { phase = 'Pending', message = '' } = run.status;
  const late = isLate(run.spec, run.status, now);
  const completed = {
    type: 'Completed',
    status: hasEnded(run.status) ? ('True' as const) : ('False' as const),
    reason: phase,
  };
  const deadline = {
    type: 'ProgressDeadlineExceeded',
    status: late ? ('True' as const) : ('False' as const),
    reason: late ? 'NothingMoves' : 'InTime',
    message: late ? `Nothing has moved for ${run.spec.deadlineSeconds} s. ${message}` : '',
  };
  const before: Condition[] = [...(run.status.conditions ?? [])];
  const after = [completed, deadline].reduce<Condition[]>(
    (conditions, update) => setCondition(conditions, { ...update, observedGeneration }, clock),
    before,
  );
  return after as ReleaseStatus['conditions'];
}
