/**
 * What a person may do here. A role is a group of the cluster, and what somebody sees of the cluster is what its own RBAC
 * lets that user and group list. What concerns JDOS's records (accounts, audit, what is asked of inspection and
 * maintenance) goes by the order of the roles.
 */
import { CONSOLE_GROUPS } from '../resources/index.ts';
import { ROLES, type Role } from './vocabulary.ts';

export { ROLES, type Role };

/** Who is signed in. */
export interface Principal {
  readonly name: string;
  readonly role: Role;
}

export function mayActAs(principal: Principal, least: Role): boolean {
  return ROLES.indexOf(principal.role) >= ROLES.indexOf(least);
}

/** The person as the cluster knows him. User names of the console cannot be mistaken for the cluster's own. */
export function subjectOf({ name, role }: Principal): { user: string; groups: readonly string[] } {
  return { user: `jdos:user:${name}`, groups: [CONSOLE_GROUPS[role]] };
}
