/** Sessions in the records, so that they outlive a restart and hold on every replica. */
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { idOf, isOver, newToken, type Session } from './session.ts';

/** `seen_at` is written no more often than this: not every request is a write. */
const SEEN_EVERY_MS = 60_000;

export class SessionStore {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock = systemClock) {
    this.#records = records;
    this.#clock = clock;
  }

  /** A session always begins with a token of its own: one that was there before the sign-in is worth nothing after it. */
  async begin(account: string): Promise<{ token: string; session: Session }> {
    const token = newToken();
    const now = this.#clock.now();
    const session = { id: idOf(token), account, csrf: newToken(), createdAt: now, seenAt: now };
    await this.#records.db
      .insertInto('session')
      .values({ id: session.id, account, csrf: session.csrf, created_at: now, seen_at: now })
      .execute();
    return { token, session };
  }

  /** The live session of a cookie's token; `seen`: its owner is at it. */
  async find(token: string, seen = true): Promise<Session | undefined> {
    const row = await this.#records.db
      .selectFrom('session')
      .selectAll()
      .where('id', '=', idOf(token))
      .executeTakeFirst();
    if (!row) return undefined;
    const { id, account, csrf } = row;
    const session = { id, account, csrf, createdAt: Number(row.created_at), seenAt: Number(row.seen_at) };
    const now = this.#clock.now();
    if (isOver(session, now)) return void (await this.end(id));
    if (seen && now - session.seenAt > SEEN_EVERY_MS) await this.#seen(id, now);
    return session;
  }

  async end(id: string): Promise<void> {
    await this.#records.db.deleteFrom('session').where('id', '=', id).execute();
  }

  /** Signs somebody out everywhere, perhaps but here. */
  async endAllOf(account: string, but = ''): Promise<void> {
    await this.#records.db.deleteFrom('session').where('account', '=', account).where('id', '!=', but).execute();
  }

  async #seen(id: string, now: number): Promise<void> {
    await this.#records.db.updateTable('session').set({ seen_at: now }).where('id', '=', id).execute();
  }
}
