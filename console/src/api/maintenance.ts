/** What the server tells of maintenance: the very types of its answers. */
export { MAIL_KINDS, STEPS } from '../../../src/maintenance/vocabulary.ts';
export type {
  KeptMail,
  Letter,
  MailKind,
  MailOutcome,
  MailPage,
  MailSettings,
  TestOutcome,
} from '../../../src/server/contract/mail.ts';
export type {
  AffectedApplication,
  Cause,
  Meaning,
  Operation,
  OperationFacts,
  OperationPage,
  Preview,
  Repair,
  Wish,
} from '../../../src/server/contract/maintenance.ts';
