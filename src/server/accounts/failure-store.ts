/** Wrong passwords by name, of accounts and of names that are none: who guesses cannot tell the two apart. */
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { afterFailure, type Failures, FORGOTTEN_MS, NO_FAILURES, waitMs } from './lockout.ts';

export class FailureStore {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock = systemClock) {
    this.#records = records;
    this.#clock = clock;
  }

  async of(name: string): Promise<Failures> {
    const row = await this.#records.db
      .selectFrom('sign_in_failure')
      .selectAll()
      .where('name', '=', name)
      .executeTakeFirst();
    return row ? { count: row.count, at: Number(row.at) } : NO_FAILURES;
  }

  /**
   * Counts a try before its password is looked at, so that many at the same time are many. Undefined while the name must
   * wait: that try is not looked at, and not counted either. Forgets the old ones of all names.
   */
  async charge(name: string): Promise<Failures | undefined> {
    const { db } = this.#records;
    const now = this.#clock.now();
    for (;;) {
      const before = await this.of(name);
      if (waitMs(before, now) > 0) return undefined;
      const next = afterFailure(before, now);
      if (await this.#exchange(name, before, next)) {
        await db
          .deleteFrom('sign_in_failure')
          .where('at', '<', now - FORGOTTEN_MS)
          .execute();
        return next;
      }
    }
  }

  /** False when somebody was quicker. */
  async #exchange(name: string, before: Failures, next: Failures): Promise<boolean> {
    const { db } = this.#records;
    if (before === NO_FAILURES) {
      const insert = db.insertInto('sign_in_failure').values({ name, ...next });
      const made = await insert.onConflict((conflict) => conflict.column('name').doNothing()).executeTakeFirst();
      return made.numInsertedOrUpdatedRows === 1n;
    }
    const changed = await db
      .updateTable('sign_in_failure')
      .set(next)
      .where('name', '=', name)
      .where('count', '=', before.count)
      .executeTakeFirst();
    return changed.numUpdatedRows === 1n;
  }

  async clear(name: string): Promise<void> {
    await this.#records.db.deleteFrom('sign_in_failure').where('name', '=', name).execute();
  }
}
