/** The operations in the records. Every change says which version it saw, so two who change at once do not undo each other. */
import { JdosError } from '../errors/index.ts';
import { type Clock, systemClock } from '../kube/index.ts';
import { appendAudit, type Page, pageOf, type Records } from '../records/index.ts';
import type { Operation, OperationState, OperationWish } from './operation.ts';

export interface LogLine {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly step: string;
  readonly text: string;
}

export interface OperationQuery {
  readonly host?: string;
  readonly states?: readonly OperationState[];
  readonly limit?: number;
  readonly after?: string;
}

const ATTEMPTS = 20;

export class Ledger {
  readonly records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock = systemClock) {
    this.records = records;
    this.#clock = clock;
  }

  /** @throws JdosError JDOS_ERR_MAINTENANCE_REFUSED while another operation on the host is open */
  async create(wish: OperationWish, id: string): Promise<Operation> {
    const now = this.#clock.now();
    const operation: Operation = {
      ...wish,
      id,
      state: wish.approvals.length > 0 ? 'awaiting-approval' : 'running',
      step: 'lock',
      steps: [],
      repairs: 0,
      passes: 0,
      leaseErrors: 0,
      createdAt: now,
      version: 1,
    };
    await this.records.db.transaction().execute(async (tx) => {
      const rows = await tx
        .selectFrom('maintenance')
        .selectAll()
        .where('host', '=', wish.host)
        .where('state', 'in', OPEN_STATES)
        .execute();
      const open = rows.map(operationOf)[0];
      if (open)
        throw refusal(
          wish.host,
          `operation ${open.id} of ${open.requestedBy} holds it (${open.state}, at ${open.step})`,
        );
      await tx
        .insertInto('maintenance')
        .values({ ...rowOf(operation), claimed_by: null, claimed_until: 0 })
        .execute();
      const detail = { host: wish.host, kind: wish.kind, reason: wish.reason, repair: wish.repair ?? 'by hand' };
      await appendAudit(
        this.records,
        { at: now, actor: wish.requestedBy, action: 'maintenance.request', object: `maintenance/${id}`, detail },
        tx,
      );
    });
    return operation;
  }

  /** @throws JdosError JDOS_ERR_MAINTENANCE_UNKNOWN */
  async get(id: string): Promise<Operation> {
    const row = await this.records.db.selectFrom('maintenance').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) throw new JdosError('JDOS_ERR_MAINTENANCE_UNKNOWN', { id });
    return operationOf(row);
  }

  /** Newest first. */
  list({ host, states, limit = 50, after }: OperationQuery = {}): Promise<Page<Operation>> {
    const read = async (count: number) => {
      let query = this.records.db.selectFrom('maintenance').selectAll();
      if (host !== undefined) query = query.where('host', '=', host);
      if (states !== undefined) query = query.where('state', 'in', states);
      if (after !== undefined) query = query.where('id', '<', after);
      return (await query.orderBy('id', 'desc').limit(count).execute()).map(operationOf);
    };
    return pageOf(read, limit, ({ id }) => id);
  }

  async open(): Promise<Operation[]> {
    const rows = await this.records.db
      .selectFrom('maintenance')
      .selectAll()
      .where('state', 'in', OPEN_STATES)
      .orderBy('id')
      .execute();
    return rows.map(operationOf);
  }

  /** Applies `change` to the newest version, again if somebody was quicker. A change of nothing writes nothing. */
  async update(id: string, change: (operation: Operation) => Partial<Operation>): Promise<Operation> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = await this.get(id);
      const changes = change(before);
      if (Object.keys(changes).length === 0) return before;
      const after: Operation = { ...before, ...changes, version: before.version + 1 };
      const { numUpdatedRows } = await this.records.db
        .updateTable('maintenance')
        .set(rowOf(after, this.#clock.now()))
        .where('id', '=', id)
        .where('version', '=', before.version)
        .executeTakeFirst();
      if (numUpdatedRows === 1n) return after;
    }
    throw new Error(`operation ${id} changes all the time`);
  }

  /** Whoever holds the claim carries the operation out. It lapses by itself, and may be renewed. */
  async claim(id: string, who: string, ms: number): Promise<boolean> {
    const now = this.#clock.now();
    const { numUpdatedRows } = await this.records.db
      .updateTable('maintenance')
      .set({ claimed_by: who, claimed_until: now + ms })
      .where('id', '=', id)
      .where((e) => e.or([e('claimed_by', 'is', null), e('claimed_by', '=', who), e('claimed_until', '<', now)]))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  async release(id: string, who: string): Promise<void> {
    const free = { claimed_by: null, claimed_until: 0 };
    await this.records.db
      .updateTable('maintenance')
      .set(free)
      .where('id', '=', id)
      .where('claimed_by', '=', who)
      .execute();
  }

  async log(id: string, step: string, text: string, actor = 'jdos'): Promise<void> {
    await this.records.db
      .insertInto('maintenance_log')
      .values({ operation: id, at: this.#clock.now(), actor, step, text })
      .execute();
  }

  /** Oldest first; `after` is the last line already read. */
  logOf(id: string, after = 0, limit = 1000): Promise<LogLine[]> {
    return this.records.db
      .selectFrom('maintenance_log')
      .select(['id', 'at', 'actor', 'step', 'text'])
      .where('operation', '=', id)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  async setting<T>(name: string): Promise<T | undefined> {
    const row = await this.records.db
      .selectFrom('maintenance_setting')
      .select('value')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && (JSON.parse(row.value) as T);
  }

  async set(name: string, value: unknown, actor: string): Promise<void> {
    const row = { name, value: JSON.stringify(value), actor, at: this.#clock.now() };
    const { name: _, ...rest } = row;
    await this.records.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('maintenance_setting')
        .values(row)
        .onConflict((c) => c.column('name').doUpdateSet(rest))
        .execute();
      await appendAudit(
        this.records,
        { at: row.at, actor, action: 'maintenance.setting', object: `setting/${name}`, detail: { value } },
        tx,
      );
    });
  }
}

const OPEN_STATES = ['awaiting-approval', 'running', 'blocked', 'aborting'] as const;

export function refusal(host: string, reason: string, options?: ErrorOptions): JdosError {
  return new JdosError('JDOS_ERR_MAINTENANCE_REFUSED', { host, reason }, options);
}

function rowOf(operation: Operation, now = operation.createdAt) {
  const { id, host, state, createdAt, version } = operation;
  return { id, host, state, created_at: createdAt, updated_at: now, version, document: JSON.stringify(operation) };
}

function operationOf(row: { document: string }): Operation {
  return JSON.parse(row.document) as Operation;
}
