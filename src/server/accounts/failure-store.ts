/** Wrong passwords by name, of accounts and of names that are none: who guesses cannot tell the two apart. */
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { afterFailure, type Failures, FORGOTTEN_MS, NO_FAILURES } from './lockout.ts';

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

  /** Counts one more, and forgets the old ones of all names. */
  async add(name: string): Promise<Failures> {
    const now = this.#clock.now();
    const next = afterFailure(await this.of(name), now);
    const { db } = this.#records;
    await db
      .insertInto('sign_in_failure')
      .values({ name, ...next })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(next))
      .execute();
    await db
      .deleteFrom('sign_in_failure')
      .where('at', '<', now - FORGOTTEN_MS)
      .execute();
    return next;
  }

  async clear(name: string): Promise<void> {
    await this.#records.db.deleteFrom('sign_in_failure').where('name', '=', name).execute();
  }
}
