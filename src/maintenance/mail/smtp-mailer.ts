/** Sends letters by SMTP, each once: what has been sent is in the records before anybody could send it again. */
import type { Clock } from '../../kube/index.ts';
import type { Ledger } from '../ledger.ts';
import { type MailSettings, mailSettings } from './mail-settings.ts';
import type { MailOutcome } from './notifier.ts';
import { deliver } from './smtp-transport.ts';

export interface SmtpMailerOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly password?: string | undefined;
  /** For one conversation with the server. @default 20 s */
  readonly timeoutMs?: number;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface Post {
  /** What it is about: with the kind it names the letter for good. */
  readonly about: string;
  readonly kind: string;
  readonly recipients: readonly string[];
  readonly letter: Letter;
  /** The kind of the letter about the same that it answers to. */
  readonly repliesTo?: string;
}

/**
 * A process that dies between the server's word and its own note sends the same letter again, under the same Message-ID, by
 * which mail programs know it.
 */
export class SmtpMailer {
  readonly #o: SmtpMailerOptions;

  constructor(options: SmtpMailerOptions) {
    this.#o = options;
  }

  async send(post: Post): Promise<MailOutcome> {
    const { about, kind, recipients } = post;
    const settings = await mailSettings(this.#o.ledger);
    if (!settings || recipients.length === 0) return { kind: 'nobody' };
    if (await this.isSent(about, kind)) return { kind: 'sent', recipients };
    await this.#note(post);
    try {
      await this.#deliver(settings, post);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      await this.#mark(about, kind, { state: 'failed', error: text });
      return { kind: 'failed', error: text };
    }
    await this.#mark(about, kind, { state: 'sent', error: null });
    return { kind: 'sent', recipients };
  }

  async isSent(about: string, kind: string): Promise<boolean> {
    const row = await this.#o.ledger.records.db
      .selectFrom('maintenance_mail')
      .select('state')
      .where('operation', '=', about)
      .where('kind', '=', kind)
      .executeTakeFirst();
    return row?.state === 'sent';
  }

  async #deliver(settings: MailSettings, { about, kind, recipients, letter, repliesTo }: Post): Promise<void> {
    const first = repliesTo && messageId(about, repliesTo);
    const thread = first && { inReplyTo: first, references: [first] };
    const mail = { from: settings.from, to: recipients, ...letter, ...thread, messageId: messageId(about, kind) };
    await deliver(settings, mail, this.#o);
  }

  async #note({ about, kind, recipients, letter }: Post): Promise<void> {
    const row = {
      operation: about,
      kind,
      message_id: messageId(about, kind),
      state: 'sending',
      recipients: recipients.join(', '),
      subject: letter.subject,
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

  async #mark(about: string, kind: string, set: { state: string; error: string | null }): Promise<void> {
    await this.#o.ledger.records.db
      .updateTable('maintenance_mail')
      .set(set)
      .where('operation', '=', about)
      .where('kind', '=', kind)
      .execute();
  }
}

function messageId(about: string, kind: string): string {
  return `<${about}.${kind}@jdos>`;
}
