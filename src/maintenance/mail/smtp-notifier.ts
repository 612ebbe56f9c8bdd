/** Sends the mails of operations by SMTP, each once: what has been sent is in the records before anybody could send it again. */
import type { Clock } from '../../kube/index.ts';
import type { Ledger } from '../ledger.ts';
import type { Operation } from '../operation.ts';
import { letterFor } from './letter.ts';
import { type MailSettings, mailSettings, recipientsOf } from './mail-settings.ts';
import type { MailKind, MailOutcome, Notifier } from './notifier.ts';

export interface SmtpNotifierOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly password?: string | undefined;
  /** For one conversation with the server. @default 20 s */
  readonly timeoutMs?: number;
}

/**
 * A process that dies between the server's word and its own note sends the same letter again, under the same Message-ID, by
 * which mail programs know it.
 */
export class SmtpNotifier implements Notifier {
  readonly #o: SmtpNotifierOptions;

  constructor(options: SmtpNotifierOptions) {
    this.#o = options;
  }

  async send(operation: Operation, kind: MailKind): Promise<MailOutcome> {
    const settings = await mailSettings(this.#o.ledger);
    if (!settings) return { kind: 'nobody' };
    const recipients = recipientsOf(operation, settings);
    if (recipients.length === 0) return { kind: 'nobody' };
    const letter = letterFor(operation, kind, settings.language, this.#o.clock.now());
    if (await this.#isSent(operation.id, kind)) return { kind: 'sent', recipients };
    await this.#note(operation.id, kind, { recipients, subject: letter.subject });
    try {
      await this.#deliver(settings, recipients, letter, operation.id, kind);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      await this.#mark(operation.id, kind, { state: 'failed', error: text });
      return { kind: 'failed', error: text };
    }
    await this.#mark(operation.id, kind, { state: 'sent', error: null });
    return { kind: 'sent', recipients };
  }

  async #deliver(settings: MailSettings, to: string[], letter: object, id: string, kind: MailKind): Promise<void> {
    const { createTransport } = await import('nodemailer');
    const { host, port, secure, user, from } = settings;
    const { password = '', timeoutMs = 20_000 } = this.#o;
    const times = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
    const transport = createTransport({
      host,
      port,
      secure,
      ...times,
      ...(user && { auth: { user, pass: password } }),
    });
    const first = messageId(id, 'maintenance');
    const thread = kind === 'recovery' ? { inReplyTo: first, references: [first] } : {};
    try {
      await transport.sendMail({ from, to, ...letter, ...thread, messageId: messageId(id, kind) });
    } finally {
      transport.close();
    }
  }

  async #isSent(operation: string, kind: MailKind): Promise<boolean> {
    const { db } = this.#o.ledger.records;
    const row = await db
      .selectFrom('maintenance_mail')
      .select('state')
      .where('operation', '=', operation)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return row?.state === 'sent';
  }

  async #note(
    operation: string,
    kind: MailKind,
    { recipients, subject }: { recipients: readonly string[]; subject: string },
  ): Promise<void> {
    const row = {
      operation,
      kind,
      message_id: messageId(operation, kind),
      state: 'sending',
      recipients: recipients.join(', '),
      subject,
      attempts: 1,
      at: this.#o.clock.now(),
      error: null,
    };
    await this.#o.ledger.records.db
      .insertInto('maintenance_mail')
      .values(row)
      .onConflict((c) =>
        c
          .columns(['operation', 'kind'])
          .doUpdateSet((e) => ({ attempts: e('maintenance_mail.attempts', '+', 1), at: row.at })),
      )
      .execute();
  }

  async #mark(operation: string, kind: MailKind, set: { state: string; error: string | null }): Promise<void> {
    const { db } = this.#o.ledger.records;
    await db
      .updateTable('maintenance_mail')
      .set(set)
      .where('operation', '=', operation)
      .where('kind', '=', kind)
      .execute();
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

function messageId(operation: string, kind: MailKind): string {
  return `<${operation}.${kind}@jdos>`;
}
