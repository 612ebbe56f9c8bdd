/** What the server tells administrators: the very types of its answers. */

export type { Account, AccountPage } from '../../../src/server/contract/account.ts';
export type { AuditPage, AuditRow } from '../../../src/server/contract/audit.ts';
export { ROLES, type Role } from '../../../src/server/vocabulary.ts';
