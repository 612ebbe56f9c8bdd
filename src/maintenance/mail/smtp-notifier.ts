/** Tells the owners of what runs on a host by SMTP, each letter of an operation once. */
import type { Ledger } from '../ledger.ts';
import type { Operation } from '../operation.ts';
import { letterFor } from './letter.ts';
import { mailSettings, recipientsOf } from './mail-settings.ts';
import type { MailKind, MailOutcome, Notifier } from './notifier.ts';
import { SmtpMailer, type SmtpMailerOptions } from './smtp-mailer.ts';

export class SmtpNotifier implements Notifier {
  readonly #o: SmtpMailerOptions;
  readonly #mailer: SmtpMailer;

  constructor(options: SmtpMailerOptions) {
    this.#o = options;
    this.#mailer = new SmtpMailer(options);
  }

  async send(operation: Operation, kind: MailKind): Promise<MailOutcome> {
    const settings = await mailSettings(this.#o.ledger);
    if (!settings) return { kind: 'nobody' };
    return this.#mailer.send({
      about: operation.id,
      kind,
      recipients: recipientsOf(operation, settings),
      letter: letterFor(operation, kind, settings.language, this.#o.clock.now()),
      ...(kind === 'recovery' && { repliesTo: 'maintenance' }),
    });
  }
}

export interface KeptMail {
  readonly kind: string;
  readonly state: string;
  readonly recipients: string;
  readonly subject: string;
  readonly at: number;
  readonly error: string | null;
}

export function mailsOf({ records }: Ledger, operation: string): Promise<KeptMail[]> {
  return records.db
    .selectFrom('maintenance_mail')
    .select(['kind', 'state', 'recipients', 'subject', 'at', 'error'])
    .where('operation', '=', operation)
    .orderBy('at')
    .execute();
}
