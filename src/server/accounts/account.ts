/** A local account as it is stored, and as it may be shown. */
import type { Role } from '../roles.ts';

export interface Account {
  readonly name: string;
  readonly role: Role;
  /** Missing for people who come from an identity provider. */
  readonly passwordHash: string | null;
  /** The next sign-in leads nowhere but to a new password. */
  readonly mustChange: boolean;
  readonly disabled: boolean;
  /** ms since the epoch. */
  readonly createdAt: number;
  /** Counts changes, for two administrators at one account. */
  readonly version: number;
}

/** Letters, digits and what mail addresses have; starts with a letter or digit. Used in user names of the cluster. */
export const ACCOUNT_NAME = /^[a-z0-9][a-z0-9._@-]{0,62}$/;

export interface AccountView {
  readonly name: string;
  readonly role: Role;
  readonly mustChange: boolean;
  readonly disabled: boolean;
  readonly createdAt: number;
  readonly version: number;
}
