/**
 * Since when Pods have been ready, by this process's own clock. The times in a Pod's conditions are those of its host's
 * clock, which may be wrong; they count only for what was so before this process began to look, and never in the future.
 */
import { isReady, readySince } from '../control/index.ts';
import type { Clock, Informer, Pod } from '../kube/index.ts';

export class Sightings {
  readonly #clock: Clock;
  readonly #since = new Map<string, number>();
  /** Pods as read that have been seen already. */
  readonly #seen = new WeakSet<Pod>();
  #looking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From `begin` on changes are seen when they happen; what was there before is taken at its word. */
  watch(pods: Informer<Pod>): void {
    pods.onChange({
      add: (pod) => this.see(pod),
      update: (pod) => this.see(pod),
      delete: (pod) => void this.#since.delete(pod.metadata.uid),
    });
  }

  begin(): void {
    this.#looking = true;
  }

  see(pod: Pod): void {
    if (this.#seen.has(pod)) return;
    this.#seen.add(pod);
    const { uid } = pod.metadata;
    if (!isReady(pod)) this.#since.delete(uid);
    else if (!this.#since.has(uid)) this.#since.set(uid, this.#firstSeen(pod));
  }

  /** Undefined when it is not ready. */
  since(pod: Pod): number | undefined {
    this.see(pod);
    return this.#since.get(pod.metadata.uid);
  }

  #firstSeen(pod: Pod): number {
    const now = this.#clock.now();
    return this.#looking ? now : Math.min(now, readySince(pod) ?? now);
  }
}
