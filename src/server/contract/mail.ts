import { z } from 'zod';
import { MAIL_KINDS, MAIL_STATES } from '../../maintenance/vocabulary.ts';
import { itemsOf, listOf, MOMENT } from './page.ts';

const ADDRESS = z.email().max(254);

export const MAIL_SETTINGS = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
  secure: z.boolean().describe('TLS from the beginning; otherwise STARTTLS where the server offers it'),
  user: z.string().max(254).optional(),
  from: ADDRESS,
  to: z.array(ADDRESS).max(100).readonly(),
  owners: z.record(z.string().max(253), ADDRESS).describe('Addresses of owners by the name they have on Pods'),
  language: z.enum(['zh', 'en']),
});

export const MAIL_PAGE = z.object({
  settings: MAIL_SETTINGS.nullable(),
  passwordSet: z.boolean().describe('The server has one, which nobody is told'),
});

export const TEST_MAIL = z.object({ to: ADDRESS });

const FAILED = z.object({ kind: z.literal('failed'), error: z.string() });

export const TEST_OUTCOME = z.union([z.object({ kind: z.literal('sent') }), FAILED]);

export const MAIL_KIND = z.enum(MAIL_KINDS);

const KEPT_MAIL = z.object({
  kind: MAIL_KIND,
  state: z.enum(MAIL_STATES),
  recipients: z.string(),
  subject: z.string(),
  at: MOMENT,
  error: z.string().nullable(),
});

export const KEPT_MAILS = itemsOf(KEPT_MAIL);

export const LETTER = z.object({ subject: z.string(), text: z.string(), recipients: listOf(z.string()) });

export const MAIL_OUTCOME = z.union([
  z.object({ kind: z.literal('sent'), recipients: listOf(z.string()) }),
  z.object({ kind: z.literal('nobody') }),
  FAILED,
]);

export type MailSettings = z.infer<typeof MAIL_SETTINGS>;
export type MailPage = z.infer<typeof MAIL_PAGE>;
export type TestOutcome = z.infer<typeof TEST_OUTCOME>;
export type MailKind = z.infer<typeof MAIL_KIND>;
export type KeptMail = z.infer<typeof KEPT_MAIL>;
export type Letter = z.infer<typeof LETTER>;
export type MailOutcome = z.infer<typeof MAIL_OUTCOME>;
