/** Options by which people of an identity provider sign in to the console. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, Option } from 'commander';
import { JdosError } from '../errors/index.ts';
import type { OidcOptions } from '../server/index.ts';

export interface OidcFlags {
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcClientSecretFile?: string;
  readonly oidcViewers: readonly string[];
  readonly oidcOperators: readonly string[];
  readonly oidcAdmins: readonly string[];
  readonly oidcGroupsClaim?: string;
  readonly oidcNameClaim?: string;
}

export function addOidc(command: Command): Command {
  const groups = (role: string) =>
    new Option(`--oidc-${role} <groups>`, `groups of the provider whose members are ${role}, comma-separated`)
      .argParser((text) => text.split(',').map((group) => group.trim()))
      .default([], 'none');
  return command
    .option('--oidc-issuer <url>', 'let people of this OpenID Connect provider sign in to the console')
    .option('--oidc-client-id <id>', 'as whom the console is known there')
    .option('--oidc-client-secret-file <file>', 'a file with its secret (or $JDOS_OIDC_CLIENT_SECRET)')
    .addOption(groups('viewers'))
    .addOption(groups('operators'))
    .addOption(groups('admins'))
    .option('--oidc-groups-claim <name>', 'the claim that tells the groups (default: groups)')
    .option('--oidc-name-claim <name>', 'the claim that tells the name (default: preferred_username)');
}

/** `url` is where browsers reach the console. @throws JdosError JDOS_ERR_USAGE when something is missing */
export function oidcOf(flags: OidcFlags, url: string, env = process.env): OidcOptions | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecretFile: file } = flags;
  const { oidcViewers: viewer, oidcOperators: operator, oidcAdmins: admin } = flags;
  if (!issuer) return undefined;
  const clientSecret = (file ? readSecret(file) : (env.JDOS_OIDC_CLIENT_SECRET ?? '')).trim();
  if (!URL.canParse(issuer)) throw usage('--oidc-issuer', 'an URL', issuer);
  if (!clientId) throw usage('--oidc-client-id', 'the id of the client', 'nothing');
  if (!clientSecret)
    throw usage('--oidc-client-secret-file', 'a secret there or in $JDOS_OIDC_CLIENT_SECRET', 'nothing');
  if (viewer.length + operator.length + admin.length === 0)
    throw usage(
      '--oidc-viewers, --oidc-operators, --oidc-admins',
      'a group at least: who is in none is refused',
      'nothing',
    );
  return {
    issuer,
    clientId,
    clientSecret,
    url: url.replace(/\/$/, ''),
    groups: { viewer, operator, admin },
    ...(flags.oidcGroupsClaim && { groupsClaim: flags.oidcGroupsClaim }),
    ...(flags.oidcNameClaim && { nameClaim: flags.oidcNameClaim }),
    // Plain HTTP tells secrets to whoever listens; on this machine nobody does.
    ...(/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(issuer) && { insecure: true }),
  };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new JdosError('JDOS_ERR_USAGE', { detail: `--oidc-client-secret-file: cannot read ${file}` }, { cause });
  }
}

function usage(flag: string, expected: string, found: string): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `${flag}: expected ${expected}, found ${found}` });
}
