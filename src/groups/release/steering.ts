/** What a run tells its Group to do. */
import type { ReleaseStatus, Steering } from '../../resources/index.ts';
import { atTarget, hasEnded, isBack, type Run } from './run.ts';
import type { SeenGroup } from './seen.ts';

/** A run that has ended keeps what it left behind; a paused one begins no further Pod. */
export function steeringOf(run: Run, group: SeenGroup): ReleaseStatus['steering'] {
  const { phase, stableRevision, targetRevision, paused, steering } = run.status;
  if (hasEnded(run.status)) return steering;
  if (phase === 'Pending' || !stableRevision || !targetRevision) return undefined;
  const both = { stableRevision, targetRevision };
  if (phase === 'RollingBack') {
    // A Group that had arrived at the target is told that it has now arrived at the stable revision again.
    const home = isBack(run, group) && group.currentRevision !== stableRevision;
    if (home) return { mode: 'Run', stableRevision, targetRevision: stableRevision, updated: '100%' };
    return { mode: 'Rollback', ...both, updated: 0 };
  }
  const { amount, named } = run.goal;
  if (paused) return { mode: 'Run', ...both, updated: atTarget(run, group).length };
  const pods = named.length > 0 ? { pods: [...named] } : {};
  return { mode: 'Run', ...both, updated: amount, ...pods } satisfies Steering;
}
