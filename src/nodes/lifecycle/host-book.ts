/** Which status each host has and how it came to it. The book is written before anything happens to a Node. */
import { JdosError } from '../../errors/index.ts';
import { type Clock, systemClock } from '../../kube/index.ts';
import { appendAudit, type Page, pageOf, type Records, type Tables } from '../../records/index.ts';
import { type HostStatus, isHostStatus, mayFollow } from './host-status.ts';
import { type HostFacts, requireTransition, type TransitionRules } from './transition.ts';

export interface HostState {
  readonly host: string;
  readonly status: HostStatus;
  readonly version: number;
  readonly since: number;
  readonly actor: string;
  readonly reason: string;
  /** The operation that holds the host. */
  readonly operation?: string;
  /** Changed too often: only a person may change it. */
  readonly pinned: boolean;
}

export interface HostChange {
  readonly to: HostStatus;
  readonly actor: string;
  readonly reason: string;
  /** `null` lets go of the operation that held it; nothing said leaves it. */
  readonly operation?: string | null;
  /** Nobody asked for it: it is counted, and too many of them pin the host. */
  readonly automatic?: boolean;
  /** A person's word that the guards need not hold; the table must. */
  readonly force?: boolean;
}

export interface HostTransition {
  readonly id: number;
  readonly host: string;
  readonly at: number;
  readonly from: string | undefined;
  readonly to: string;
  readonly actor: string;
  readonly reason: string;
  readonly operation: string | undefined;
}

/** So many automatic changes an hour; the next one pins the host as suspect. */
export const MOST_CHANGES = 3;
const HOUR_MS = 3_600_000;

export class HostBook {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock = systemClock) {
    this.#records = records;
    this.#clock = clock;
  }

  async state(host: string): Promise<HostState | undefined> {
    const row = await this.#records.db.selectFrom('host_state').selectAll().where('host', '=', host).executeTakeFirst();
    return row && stateOf(row);
  }

  async states(): Promise<HostState[]> {
    return (await this.#records.db.selectFrom('host_state').selectAll().orderBy('host').execute()).map(stateOf);
  }

  /** Takes a host into the book that is not in it; one that is keeps what it has. */
  async adopt(host: string, status: HostStatus, actor: string, reason: string): Promise<HostState> {
    const at = this.#clock.now();
    const row = { host, status, version: 1, since: at, actor, reason, operation: null, pinned: 0 };
    await this.#records.db.transaction().execute(async (tx) => {
      const done = await tx
        .insertInto('host_state')
        .values(row)
        .onConflict((c) => c.doNothing())
        .executeTakeFirst();
      if ((done.numInsertedOrUpdatedRows ?? 0n) === 0n) return;
      const { actor, reason } = row;
      await tx
        .insertInto('host_transition')
        .values({ host, at, from_status: null, to_status: status, actor, reason, operation: null })
        .execute();
    });
    return (await this.state(host))!;
  }

  /**
   * The change that follows from `before`, in the book with its record, or a refusal.
   * @throws JdosError JDOS_ERR_HOST_TRANSITION, JDOS_ERR_HOST_GUARD, JDOS_ERR_HOST_CHANGED
   */
  async change(before: HostState, change: HostChange, facts: HostFacts, rules?: TransitionRules): Promise<HostState> {
    const { host, status } = before;
    const restless = change.automatic === true && (await this.#automaticChanges(host)) >= MOST_CHANGES;
    if (restless) return this.#pin(before);
    requireTransition(
      change.force ? { ...facts, findings: [], sinceMs: Infinity, pods: 0 } : facts,
      status,
      change.to,
      rules,
    );
    return this.#write(before, change, { status: change.to, pinned: 0 });
  }

  /** Says which operation is to hold the host, or with null that none does. */
  hold(before: HostState, operation: string | null, actor: string, reason: string): Promise<HostState> {
    return this.#write(before, { to: before.status, actor, reason, operation }, {});
  }

  async history(
    host: string,
    { limit = 50, after }: { limit?: number; after?: string } = {},
  ): Promise<Page<HostTransition>> {
    const read = async (count: number) => {
      let query = this.#records.db.selectFrom('host_transition').selectAll().where('host', '=', host);
      if (after !== undefined) query = query.where('id', '<', Number(after));
      const rows = await query.orderBy('id', 'desc').limit(count).execute();
      return rows.map(({ from_status, to_status, operation, ...row }) => ({
        ...row,
        from: from_status ?? undefined,
        to: to_status,
        operation: operation ?? undefined,
      }));
    };
    return pageOf(read, limit, (row) => String(row.id));
  }

  #pin(before: HostState): Promise<HostState> {
    if (before.pinned) return Promise.resolve(before);
    const status = mayFollow(before.status, 'suspect') ? 'suspect' : before.status;
    const reason = `changed more than ${MOST_CHANGES} times within an hour; a person must decide`;
    return this.#write(before, { to: status, actor: 'jdos', reason }, { status, pinned: 1 });
  }

  async #write(
    before: HostState,
    change: HostChange,
    set: { status?: HostStatus; pinned?: number },
  ): Promise<HostState> {
    const { host } = before;
    const { actor, reason, to, automatic = false } = change;
    const at = this.#clock.now();
    const operation = change.operation === undefined ? (before.operation ?? null) : change.operation;
    const moved = to !== before.status;
    await this.#records.db
      .transaction()
      .execute(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('host_state')
          .set({ ...set, actor, reason, operation, version: before.version + 1, ...(moved && { since: at }) })
          .where('host', '=', host)
          .where('version', '=', before.version)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) throw new Overtaken();
        if (!moved) return;
        const who = automatic ? AUTOMATIC : actor;
        await tx
          .insertInto('host_transition')
          .values({ host, at, from_status: before.status, to_status: to, actor: who, reason, operation })
          .execute();
        await appendAudit(
          this.#records,
          {
            at,
            actor,
            action: 'host.status',
            object: `host/${host}`,
            detail: { from: before.status, to, reason, operation },
          },
          tx,
        );
      })
      .catch(async (error: unknown) => {
        if (!(error instanceof Overtaken)) throw error;
        throw new JdosError('JDOS_ERR_HOST_CHANGED', { host, status: (await this.state(host))?.status ?? 'unknown' });
      });
    return (await this.state(host))!;
  }

  async #automaticChanges(host: string): Promise<number> {
    const { n } = await this.#records.db
      .selectFrom('host_transition')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('host', '=', host)
      .where('actor', '=', AUTOMATIC)
      .where('at', '>', this.#clock.now() - HOUR_MS)
      .executeTakeFirstOrThrow();
    return Number(n);
  }
}

/** The actor of changes that nobody asked for. */
const AUTOMATIC = 'jdos (automatic)';

class Overtaken extends Error {}

function stateOf({ operation, pinned, status, ...row }: Tables['host_state']): HostState {
  if (!isHostStatus(status)) throw new Error(`records: host ${row.host} has the unknown status ${status}`);
  return { ...row, status, pinned: pinned === 1, ...(operation !== null && { operation }) };
}
