/** What is done to accounts beside the console, by whoever has the records. */
import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import { Problem } from '../problem.ts';
import type { Role } from '../roles.ts';
import { SessionStore } from '../sessions/session-store.ts';
import type { Account, AccountView } from './account.ts';
import { type AccountChange, AccountStore } from './account-store.ts';
import { FailureStore } from './failure-store.ts';
import { hashPassword } from './password.ts';

const PAGE = 500;

export class AccountDesk {
  readonly #accounts: AccountStore;
  readonly #sessions: SessionStore;
  readonly #failures: FailureStore;

  constructor(records: Records, clock: Clock = systemClock) {
    this.#accounts = new AccountStore(records, clock);
    this.#sessions = new SessionStore(records, clock);
    this.#failures = new FailureStore(records, clock);
  }

  async list(): Promise<AccountView[]> {
    const all: AccountView[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: Awaited<ReturnType<AccountStore['list']>> = await this.#accounts.list(PAGE, after);
      all.push(...page.items);
      after = page.next;
    }
    return all;
  }

  /** Answers the first password, which is kept nowhere. @throws Problem */
  async create(name: string, role: Role, by: string): Promise<string> {
    const password = firstPassword();
    await this.#accounts.create({ name, role, passwordHash: await hashPassword(password), mustChange: true }, by);
    return password;
  }

  /** Opens it again too. @throws Problem */
  async renewPassword(name: string, by: string): Promise<string> {
    const password = firstPassword();
    const account = await this.#found(name);
    if (account.passwordHash === null) throw new Problem('refused', { detail: `${name} signs in by its provider` });
    await this.change(name, { passwordHash: await hashPassword(password), mustChange: true, disabled: false }, by);
    await this.#sessions.endAllOf(name);
    await this.#failures.clear(name);
    return password;
  }

  /** @throws Problem */
  async change(name: string, change: AccountChange, by: string): Promise<void> {
    const { version } = await this.#found(name);
    await this.#accounts.change(name, version, change, by);
    if (change.disabled) await this.#sessions.endAllOf(name);
  }

  /** @throws Problem */
  async remove(name: string, by: string): Promise<void> {
    const { version } = await this.#found(name);
    await this.#accounts.remove(name, version, by);
    await this.#sessions.endAllOf(name);
  }

  async #found(name: string): Promise<Account> {
    const account = await this.#accounts.get(name);
    if (!account) throw new Problem('not-found', { detail: name });
    return account;
  }
}

export function firstPassword(): string {
  return randomBytes(15).toString('base64url');
}
