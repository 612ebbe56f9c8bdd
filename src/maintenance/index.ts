export { type DeskOptions, MaintenanceDesk, type MaintenanceRequest, type Preview } from './desk.ts';
export { type Cause, diagnose, type Symptoms } from './diagnosis.ts';
export type { Consent, DrainState } from './drain/index.ts';
export { OWNER_KEYS } from './impact/application.ts';
export { type Impact, impactOf } from './impact/impact.ts';
export { readScene, type Scene, sceneFrom } from './impact/scene.ts';
export { Ledger, type LogLine } from './ledger.ts';
export { letterFor, type MailLanguage } from './mail/letter.ts';
export { type MailSettings, mailSettings, recipientsOf, setMailSettings } from './mail/mail-settings.ts';
export { MAIL_KINDS, type MailKind, type MailOutcome, type Notifier } from './mail/notifier.ts';
export { type Letter, SmtpMailer } from './mail/smtp-mailer.ts';
export { mailsOf, SmtpNotifier } from './mail/smtp-notifier.ts';
export { sendTestMail, type TestMailOutcome } from './mail/test-mail.ts';
export {
  type AffectedApplication,
  isOpen,
  OPERATION_STATES,
  type Operation,
  type OperationState,
  STEPS,
  type StepName,
} from './operation.ts';
export { type BudgetRules, DEFAULT_BUDGETS } from './rails/budget.ts';
export { budgetRules, setBudgetRules, type ZoneBudget, type ZoneHosts, zoneBudget } from './rails/budget-left.ts';
export { HostLock } from './rails/host-lock.ts';
export { killSwitch, setKillSwitch } from './rails/kill-switch.ts';
export { type RackCause, rackCause } from './rails/rack-cause.ts';
export { type CommandResult, isRepair, REPAIRS, RepairError, type RepairName, type RepairShop } from './repair.ts';
export { type Meaning, rememberAddresses, resolveAddress, resolveOne } from './resolve.ts';
export { type MaintenanceOptions, runMaintenance } from './runner.ts';
export type { Finding, HostPower, InspectHost, Times } from './steps/step.ts';
