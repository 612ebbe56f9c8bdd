/** Name and password to account: one answer for everything that is wrong, each slower than the last. */
import { type Clock, systemClock } from '../../kube/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import { Problem } from '../problem.ts';
import type { Account } from './account.ts';
import type { AccountStore } from './account-store.ts';
import type { FailureStore } from './failure-store.ts';
import { isLocked, waitMs } from './lockout.ts';
import { hashPassword, passwordMatches } from './password.ts';

export interface SignInOptions {
  readonly records: Records;
  readonly accounts: AccountStore;
  readonly failures: FailureStore;
  readonly clock?: Clock;
}

export class SignIn {
  readonly #o: SignInOptions;
  readonly #clock: Clock;
  /** What an unknown name is compared with, so that it takes as long as a known one. */
  readonly #nobody = hashPassword('nobody has this password');

  constructor(options: SignInOptions) {
    this.#o = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** @throws Problem `sign-in-failed` with when to try again */
  async check(name: string, password: string): Promise<Account> {
    const failures = await this.#o.failures.charge(name);
    if (!failures) throw refusal(waitMs(await this.#o.failures.of(name), this.#clock.now()));
    const account = await this.#o.accounts.get(name);
    const right = await passwordMatches(password, account?.passwordHash ?? (await this.#nobody));
    if (right && account?.passwordHash && !account.disabled) {
      await this.#o.failures.clear(name);
      return account;
    }
    if (account && isLocked(failures, this.#clock.now())) await this.#tell(account, failures.count);
    throw refusal(waitMs(failures, this.#clock.now()));
  }

  async #tell(account: Account, failures: number): Promise<void> {
    const at = this.#clock.now();
    const object = `account/${account.name}`;
    await appendAudit(this.#o.records, { at, actor: 'jdos', action: 'account.lock', object, detail: { failures } });
  }
}

function refusal(wait: number): Problem {
  return new Problem('sign-in-failed', wait > 0 ? { retryAfterSeconds: Math.ceil(wait / 1000) } : {});
}
