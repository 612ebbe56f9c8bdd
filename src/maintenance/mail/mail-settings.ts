/** Who writes, by which server, to whom. Kept with the operations; the password is not: it comes from the environment. */
import type { Ledger } from '../ledger.ts';
import type { Operation } from '../operation.ts';
import type { MailLanguage } from './letter.ts';

const NAME = 'mail';

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** TLS from the beginning; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly user?: string;
  readonly from: string;
  /** The people of the cluster, who are always told. */
  readonly to: readonly string[];
  /** Addresses of owners by the name they have on Pods. */
  readonly owners: Readonly<Record<string, string>>;
  readonly language: MailLanguage;
}

export function mailSettings(ledger: Ledger): Promise<MailSettings | undefined> {
  return ledger.setting<MailSettings>(NAME);
}

export function setMailSettings(ledger: Ledger, settings: MailSettings, actor: string): Promise<void> {
  return ledger.set(NAME, settings, actor);
}

/** The cluster's own people and the owners of what runs on the host, each once. */
export function recipientsOf({ impact }: Operation, { to, owners }: MailSettings): string[] {
  const addresses = impact.flatMap(
    ({ owner }) => owners[owner] ?? (/^[^\s@<>]+@[^\s@<>]+$/.test(owner) ? [owner] : []),
  );
  return [...new Set([...to, ...addresses])];
}
