export {
  type AuditEntry,
  type AuditQuery,
  type AuditRow,
  type AuditVerdict,
  appendAudit,
  listAudit,
  type VerifyOptions,
  verifyAudit,
} from './audit.ts';
export type { Engine } from './migration.ts';
export type { Tables } from './migrations/index.ts';
export { type Page, pageOf } from './page.ts';
export { openRecords, Records, type RecordsOptions } from './records.ts';
export { keepRetention, type RetainedTable, type RetentionOptions, type RetentionRule, sweep } from './retention.ts';
