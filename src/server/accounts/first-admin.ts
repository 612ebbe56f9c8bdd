/** Who signs in first: an administrator with a password that is shown once and must be changed. */
import { firstPassword } from './account-desk.ts';
import type { AccountStore } from './account-store.ts';
import { hashPassword } from './password.ts';

export const FIRST_ADMIN = 'admin';

/** The one-time password, or undefined when there are accounts already. */
export async function createFirstAdmin(accounts: AccountStore): Promise<string | undefined> {
  if (!(await accounts.isEmpty())) return undefined;
  const password = firstPassword();
  const passwordHash = await hashPassword(password);
  await accounts.create({ name: FIRST_ADMIN, role: 'admin', passwordHash, mustChange: true }, 'jdos');
  return password;
}
