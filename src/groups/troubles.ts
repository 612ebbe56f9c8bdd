/** What was refused lately: so that it is told, and not tried again with every change of a Pod. */
import type { Clock, KubeObject } from '../kube/index.ts';

export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** A refusal may end without a sign: a quota is raised. */
const RETRY_MS = 60_000;
/** What the Group itself wants to end an update is not tried again before its spec changes, or nearly so. */
export const FINAL_MS = 3_600_000;

type Owner = Pick<KubeObject, 'metadata'>;

export class Troubles {
  readonly #clock: Clock;
  readonly #byOwner = new Map<
    string,
    { trouble: Trouble; hash: string; generation: number | undefined; until: number }
  >();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `hash` names the revision that was refused; a change of anything in the Group's spec is a reason to try again. */
  note({ metadata }: Owner, hash: string, { reason, message }: Trouble, retryMs = RETRY_MS): void {
    const { uid, generation } = metadata;
    this.#byOwner.set(uid, { trouble: { reason, message }, hash, generation, until: this.#clock.now() + retryMs });
  }

  /** What stands against this revision, and for how many ms. */
  of({ metadata }: Owner, hash: string): (Trouble & { readonly ms: number }) | undefined {
    const known = this.#byOwner.get(metadata.uid);
    const same = known?.hash === hash && known.generation === metadata.generation;
    const ms = known && same ? known.until - this.#clock.now() : 0;
    return known && ms > 0 ? { ...known.trouble, ms } : undefined;
  }

  forget(owner: string): void {
    this.#byOwner.delete(owner);
  }
}
