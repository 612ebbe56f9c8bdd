/** One letter to see whether letters arrive. */
import type { MailSettings } from './mail-settings.ts';
import { deliver, type SmtpOptions } from './smtp-transport.ts';

const TEXTS = {
  zh: { subject: 'JDOS 测试邮件', text: '收到此邮件，说明 JDOS 的邮件设置可用。' },
  en: { subject: 'JDOS test mail', text: 'That you read this means that JDOS can send mail.' },
} as const;

/** More of what a server says is of no use to anybody. */
const LONGEST = 300;

export type TestMailOutcome = { readonly kind: 'sent' } | { readonly kind: 'failed'; readonly error: string };

export async function sendTestMail(
  settings: MailSettings,
  { to, ...options }: SmtpOptions & { readonly to: string },
): Promise<TestMailOutcome> {
  try {
    await deliver(settings, { from: settings.from, to: [to], ...TEXTS[settings.language] }, options);
    return { kind: 'sent' };
  } catch (error) {
    return { kind: 'failed', error: (error instanceof Error ? error.message : String(error)).slice(0, LONGEST) };
  }
}
