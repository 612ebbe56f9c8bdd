/** Words of this room that the console's pages use too: this file imports nothing. */

/** Of an operation, in this order; each may be begun again after a crash. */
export const STEPS = [
  'lock',
  'notify',
  'cordon',
  'drain',
  'enter',
  'repair',
  'verify',
  'restore',
  'report',
  'close',
] as const;
export type StepName = (typeof STEPS)[number];

export const OPERATION_STATES = [
  /** Waits for a second person. */
  'awaiting-approval',
  'running',
  /** Cannot go on by itself; people choose. */
  'blocked',
  'aborting',
  'succeeded',
  'aborted',
  'failed',
] as const;
export type OperationState = (typeof OPERATION_STATES)[number];

export const OPERATION_KINDS = ['planned', 'emergency'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Sent once at the beginning and once at the end of an operation. */
export const MAIL_KINDS = ['maintenance', 'recovery'] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export const MAIL_STATES = ['sending', 'sent', 'failed'] as const;

/** What an address may be. */
export const MEANING_KINDS = ['host', 'pod', 'bmc', 'historic', 'service'] as const;
export type MeaningKind = (typeof MEANING_KINDS)[number];
