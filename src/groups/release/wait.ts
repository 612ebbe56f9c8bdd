/** When a run has to be looked at again though nothing has happened. */
import { sooner } from '../../control/index.ts';
import { dueChecks } from './check-state.ts';
import { hasEnded, isLate } from './run.ts';
import type { ReleaseSpec, ReleaseStatus } from './seen.ts';

/** In ms; undefined when only a change can change something. */
export function waitOf(spec: ReleaseSpec, status: ReleaseStatus, now: number): number | undefined {
  if (hasEnded(status) || status.paused) return undefined;
  const step = spec.steps[(status.currentStepIndex ?? 1) - 1];
  const since = Date.parse(status.stateTime ?? '');
  const left = (seconds: number | undefined) => (seconds === undefined ? undefined : since + seconds * 1000 - now);
  switch (status.stepState) {
    case 'Baking':
      return left(step?.bakeSeconds ?? 0);
    case 'Paused':
      return left(step?.pause?.durationSeconds);
    case 'Checking': {
      const { due, nextMs } = dueChecks(step?.checks, status.checks, now);
      return sooner(nextMs, due.some(({ job }) => !job) ? 1 : undefined);
    }
    default:
      return deadline(spec, status, now);
  }
}

function deadline(spec: ReleaseSpec, status: ReleaseStatus, now: number): number | undefined {
  if (!status.progressTime || isLate(spec, status, now)) return undefined;
  return Date.parse(status.progressTime) + spec.deadlineSeconds * 1000 - now;
}
