/** The way to the mail server that the settings name. */
import type { MailSettings } from './mail-settings.ts';

export interface SmtpOptions {
  readonly password?: string | undefined;
  /** For one conversation with the server. @default 20 s */
  readonly timeoutMs?: number;
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly messageId?: string;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
}

/** @throws Error with what the server said */
export async function deliver(
  { host, port, secure, user }: MailSettings,
  { to, references, ...mail }: Mail,
  { password = '', timeoutMs = 20_000 }: SmtpOptions = {},
): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const times = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ host, port, secure, ...times, ...(user && { auth: { user, pass: password } }) });
  try {
    await transport.sendMail({ ...mail, to: [...to], ...(references && { references: [...references] }) });
  } finally {
    transport.close();
  }
}
