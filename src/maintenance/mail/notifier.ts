/** Tells the owners of what runs on a host, once at the beginning and once at the end of an operation. */
import type { Operation } from '../operation.ts';
import { MAIL_KINDS, type MailKind } from '../vocabulary.ts';

export { MAIL_KINDS, type MailKind };

export type MailOutcome =
  | { readonly kind: 'sent'; readonly recipients: readonly string[] }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'failed'; readonly error: string };

export interface Notifier {
  /** However often it is called, each operation's mail of a kind is sent once. */
  send(operation: Operation, kind: MailKind): Promise<MailOutcome>;
}
