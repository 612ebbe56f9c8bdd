/** What was refused lately: so that it is told, and not tried again with every change of a Pod. */
import type { Clock } from '../kube/index.ts';

export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** A refusal may end without a sign: a quota is raised. */
const RETRY_MS = 60_000;
/** What the Group itself wants to end an update is not tried again before its spec changes, or nearly so. */
export const FINAL_MS = 3_600_000;

export class Troubles {
  readonly #clock: Clock;
  readonly #byOwner = new Map<string, { trouble: Trouble; hash: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(owner: string, hash: string, { reason, message }: Trouble, retryMs = RETRY_MS): void {
    this.#byOwner.set(owner, { trouble: { reason, message }, hash, until: this.#clock.now() + retryMs });
  }

  /** What stands against this revision, and for how many ms. */
  of(owner: string, hash: string): (Trouble & { readonly ms: number }) | undefined {
    const known = this.#byOwner.get(owner);
    const ms = known && known.hash === hash ? known.until - this.#clock.now() : 0;
    return known && ms > 0 ? { ...known.trouble, ms } : undefined;
  }

  forget(owner: string): void {
    this.#byOwner.delete(owner);
  }
}
