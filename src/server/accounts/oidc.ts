/**
 * Sign-in by an OpenID Connect provider: authorization code with PKCE, state and nonce (RFC 9700's advice). What the
 * browser must bring back is in a short-lived cookie of its own, so that one browser's answer is worth nothing in another.
 */
import type { Configuration } from 'openid-client';
import { Problem } from '../problem.ts';
import { ROLES, type Role } from '../roles.ts';
import { ACCOUNT_NAME } from './account.ts';
import type { AccountStore } from './account-store.ts';

export interface OidcOptions {
  /** `https://id.example.com/realms/ops`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where browsers reach the console; the provider must know `<url>/api/v1/sign-in/oidc/callback`. */
  readonly url: string;
  /** Groups of the provider that give each role; the highest counts, and who is in none is refused. */
  readonly groups: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** @default 'groups' */
  readonly groupsClaim?: string;
  /** @default 'preferred_username' */
  readonly nameClaim?: string;
  /** Plain HTTP to the provider, for tests on loopback. */
  readonly insecure?: boolean;
}

/** What the browser keeps from going to the provider until coming back. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export const CALLBACK = '/api/v1/sign-in/oidc/callback';

export class Oidc {
  readonly #o: OidcOptions;
  readonly #accounts: AccountStore;
  #found: Promise<Configuration> | undefined;

  constructor(options: OidcOptions, accounts: AccountStore) {
    this.#o = options;
    this.#accounts = accounts;
  }

  async begin(): Promise<{ url: string; journey: Journey }> {
    const client = await import('openid-client');
    const journey = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(await this.#provider(), {
      redirect_uri: this.#o.url + CALLBACK,
      scope: 'openid profile groups',
      state: journey.state,
      nonce: journey.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, journey };
  }

  /** The name of the account that came back; it is made or brought up to date. @throws Problem */
  async finish(query: string, { state, nonce, verifier }: Journey): Promise<string> {
    const client = await import('openid-client');
    const here = new URL(`${this.#o.url}${CALLBACK}${query}`);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(await this.#provider(), here, checks).catch((cause: unknown) => {
      throw new Problem('sign-in-failed', { cause });
    });
    return this.#admit(tokens.claims() ?? {});
  }

  async #admit(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const name = String(claims[this.#o.nameClaim ?? 'preferred_username'] ?? '').toLowerCase();
    const role = this.#roleOf(claims[this.#o.groupsClaim ?? 'groups']);
    if (!ACCOUNT_NAME.test(name)) throw new Problem('not-allowed', { detail: `name ${JSON.stringify(name)}` });
    if (!role) throw new Problem('not-allowed', { detail: name });
    const account = await this.#accounts.get(name);
    if (!account) await this.#accounts.create({ name, role }, 'oidc');
    else if (account.passwordHash !== null) throw new Problem('conflict', { detail: name });
    else if (account.disabled) throw new Problem('not-allowed', { detail: name });
    else if (account.role !== role) await this.#accounts.change(name, account.version, { role }, 'oidc');
    return name;
  }

  #roleOf(groups: unknown): Role | undefined {
    const own = Array.isArray(groups) ? groups.map(String) : [];
    return ROLES.findLast((role) => this.#o.groups[role]?.some((group) => own.includes(group)));
  }

  /** Asked once; a provider that was away is asked again next time. */
  #provider(): Promise<Configuration> {
    this.#found ??= this.#discover().catch((cause: unknown) => {
      this.#found = undefined;
      throw new Problem('provider-away', { detail: this.#o.issuer, cause });
    });
    return this.#found;
  }

  async #discover(): Promise<Configuration> {
    const client = await import('openid-client');
    const { issuer, clientId, clientSecret, insecure } = this.#o;
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      ...(insecure && { execute: [client.allowInsecureRequests] }),
    });
  }
}
