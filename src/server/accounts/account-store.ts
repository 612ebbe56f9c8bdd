/** Accounts in the records. Every change is one transaction with its line in the audit. */
import type { Kysely, Selectable, Transaction } from 'kysely';
import { type Clock, systemClock } from '../../kube/index.ts';
import { appendAudit, type Page, pageOf, type Records, type Tables } from '../../records/index.ts';
import { Problem } from '../problem.ts';
import type { Role } from '../roles.ts';
import { ACCOUNT_NAME, type Account, type AccountView } from './account.ts';

export interface NewAccount {
  readonly name: string;
  readonly role: Role;
  /** None for people who come from an identity provider. */
  readonly passwordHash?: string;
  readonly mustChange?: boolean;
}

/** What an administrator may change; `version` is of the account as he saw it. */
export interface AccountChange {
  readonly role?: Role;
  readonly disabled?: boolean;
  readonly passwordHash?: string;
  readonly mustChange?: boolean;
}

export class AccountStore {
  readonly #records: Records;
  readonly #clock: Clock;

  constructor(records: Records, clock: Clock = systemClock) {
    this.#records = records;
    this.#clock = clock;
  }

  get(name: string): Promise<Account | undefined> {
    return read(this.#records.db, name);
  }

  /** By name. */
  list(limit: number, after = ''): Promise<Page<AccountView>> {
    const page = async (count: number) => {
      const query = this.#records.db.selectFrom('account').selectAll().where('name', '>', after);
      const rows = await query.orderBy('name').limit(count).execute();
      return rows.map((row) => viewOf(accountOf(row)));
    };
    return pageOf(page, limit, (account) => account.name);
  }

  async isEmpty(): Promise<boolean> {
    const first = await this.#records.db.selectFrom('account').select('name').limit(1).executeTakeFirst();
    return first === undefined;
  }

  /** @throws Problem `conflict` when the name is taken, `bad-field` when it is no name */
  async create(account: NewAccount, actor: string): Promise<void> {
    if (!ACCOUNT_NAME.test(account.name))
      throw new Problem('bad-field', { fields: [{ field: 'name', fault: String(ACCOUNT_NAME) }] });
    const row = {
      name: account.name,
      role: account.role,
      password_hash: account.passwordHash ?? null,
      must_change: account.mustChange ? 1 : 0,
      disabled: 0,
      created_at: this.#clock.now(),
      version: 1,
    };
    await this.#audited(actor, 'account.create', account.name, { role: account.role }, async (tx) => {
      const done = await tx
        .insertInto('account')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doNothing())
        .executeTakeFirst();
      if (!done.numInsertedOrUpdatedRows) throw new Problem('conflict', { detail: account.name });
    });
  }

  /** @throws Problem `conflict` when somebody was quicker, `not-found` */
  async change(name: string, version: number, change: AccountChange, actor: string): Promise<void> {
    const { passwordHash, mustChange, ...plain } = change;
    const detail = { ...plain, ...(passwordHash && { password: 'changed' }) };
    await this.#audited(actor, 'account.change', name, detail, async (tx) => {
      const done = await tx
        .updateTable('account')
        .set({
          version: version + 1,
          ...(change.role && { role: change.role }),
          ...(change.disabled !== undefined && { disabled: change.disabled ? 1 : 0 }),
          ...(passwordHash && { password_hash: passwordHash }),
          ...(mustChange !== undefined && { must_change: mustChange ? 1 : 0 }),
        })
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirst();
      if (!done.numUpdatedRows) throw new Problem((await read(tx, name)) ? 'conflict' : 'not-found', { detail: name });
    });
  }

  async remove(name: string, version: number, actor: string): Promise<void> {
    await this.#audited(actor, 'account.remove', name, {}, async (tx) => {
      const gone = await tx
        .deleteFrom('account')
        .where('name', '=', name)
        .where('version', '=', version)
        .executeTakeFirst();
      if (!gone.numDeletedRows) throw new Problem((await read(tx, name)) ? 'conflict' : 'not-found', { detail: name });
    });
  }

  #audited(
    actor: string,
    action: string,
    name: string,
    detail: Record<string, unknown>,
    write: (tx: Transaction<Tables>) => Promise<void>,
  ): Promise<void> {
    return this.#records.db.transaction().execute(async (tx) => {
      await write(tx);
      await appendAudit(this.#records, { at: this.#clock.now(), actor, action, object: `account/${name}`, detail }, tx);
    });
  }
}

async function read(db: Kysely<Tables>, name: string): Promise<Account | undefined> {
  const row = await db.selectFrom('account').selectAll().where('name', '=', name).executeTakeFirst();
  return row && accountOf(row);
}

function accountOf(row: Selectable<Tables['account']>): Account {
  return {
    name: row.name,
    role: row.role,
    passwordHash: row.password_hash,
    mustChange: row.must_change === 1,
    disabled: row.disabled === 1,
    createdAt: Number(row.created_at),
    version: row.version,
  };
}

function viewOf({ passwordHash: _, ...account }: Account): AccountView {
  return account;
}
