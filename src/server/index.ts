import type { FastifyInstance } from 'fastify';
import type { Records } from '../records/index.ts';
import { AccountStore } from './accounts/account-store.ts';
import { createFirstAdmin } from './accounts/first-admin.ts';
import type { ServerOptions } from './server.ts';

export type { AccountView } from './accounts/account.ts';
export { AccountDesk } from './accounts/account-desk.ts';
export { FIRST_ADMIN } from './accounts/first-admin.ts';
export type { OidcOptions } from './accounts/oidc.ts';
export type { SqlQuestion, SqlTable } from './contract/sql.ts';
export { Notices } from './notices.ts';
export { Problem, type ProblemCode } from './problem.ts';
export { type Principal, ROLES, type Role, subjectOf } from './roles.ts';
export type { LiveTables, Row } from './routes/lists.ts';
export type { SqlDesk } from './routes/sql.ts';
export type { ServerOptions } from './server.ts';

/** The console's server without a socket. What it is built of is loaded now: who only makes accounts does without. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  return (await import('./server.ts')).createServer(options);
}

/** The one-time password of the first administrator, or undefined when there are accounts already. */
export function firstAdminPassword(records: Records): Promise<string | undefined> {
  return createFirstAdmin(new AccountStore(records));
}

export async function hasAccounts(records: Records): Promise<boolean> {
  return !(await new AccountStore(records).isEmpty());
}
