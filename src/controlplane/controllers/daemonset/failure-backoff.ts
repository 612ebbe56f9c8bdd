/** A daemon that fails again and again on the same host is restarted there later and later. */
import type { DaemonSet } from '../../../kube/index.ts';
import type { DaemonPlan } from './plan.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 15 * 60_000;

type Removals = DaemonPlan['remove'];

/** Memory of failures; losing it only means trying sooner. */
export class FailureBackoff {
  readonly #failures = new Map<string, { wait: number; until: number }>();

  /** The removals that may be done now, and how long the first of the others has to wait. */
  due(set: DaemonSet, removals: Removals, now: number): { due: Removals; waitMs: number | undefined } {
    this.#forgetOld(now);
    let waitMs: number | undefined;
    const due = removals.filter(({ pod, reason }) => {
      if (reason !== 'failed') return true;
      const wait = this.#waitOf(`${set.metadata.uid}/${set.metadata.generation}/${pod.spec.nodeName}`, now);
      if (wait > 0) waitMs = Math.min(wait, waitMs ?? wait);
      return wait === 0;
    });
    return { due, waitMs };
  }

  #waitOf(key: string, now: number): number {
    const failure = this.#failures.get(key);
    if (failure && failure.until > now) return failure.until - now;
    const wait = failure ? Math.min(2 * failure.wait, LONGEST_MS) : FIRST_MS;
    this.#failures.set(key, { wait, until: now + wait });
    return 0;
  }

  #forgetOld(now: number): void {
    for (const [key, { until }] of this.#failures) if (until + 2 * LONGEST_MS < now) this.#failures.delete(key);
  }
}
