/**
 * Who may call what. Every route declares its `access`, and a route without one does not start: what is forgotten is
 * not open. A change must come from the console's own pages (Origin, and the session's CSRF token in a header).
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Account } from './accounts/account.ts';
import type { AccountStore } from './accounts/account-store.ts';
import { Problem } from './problem.ts';
import { mayActAs, type Principal, type Role } from './roles.ts';
import { type Session, sameToken } from './sessions/session.ts';
import type { SessionStore } from './sessions/session-store.ts';

/** Who may call a route: anybody, anybody signed in (even with a password to change), or a role and those above it. */
export type Access = 'anyone' | 'signed-in' | Role;

/** Over HTTPS the browser itself refuses the name `__Host-` to other hosts and to plain HTTP. */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-jdos' : 'jdos';
}

export const CSRF_HEADER = 'x-jdos-csrf';

export interface Caller {
  readonly session: Session;
  readonly account: Account;
  readonly principal: Principal;
}

export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyInstance {
    /** Every route and who may call it, for those who prove that nothing is open. */
    declaredRoutes: DeclaredRoute[];
    /** May whoever made this request make it again? Does not count as a sign of life of the session. */
    stillAllowed(request: FastifyRequest): Promise<boolean>;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

export interface GuardOptions {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly secure: boolean;
  /** Names under which browsers reach the console; a request under another name is another site's (DNS rebinding). */
  readonly hosts: readonly string[];
}

export function guardRequests(app: FastifyInstance, options: GuardOptions): void {
  const declared: DeclaredRoute[] = [];
  app.decorate('declaredRoutes', declared);
  app.decorateRequest('caller', undefined);
  app.decorate('stillAllowed', async (request: FastifyRequest) => {
    const caller = await callerOf(request, options, false);
    return caller?.session.id === request.caller?.session.id && isAllowed(caller, request);
  });
  app.addHook('onRoute', ({ config, url, method }) => {
    if (!config?.access) throw new Error(`route ${String(method)} ${url} declares no access`);
    for (const one of [method].flat()) declared.push({ method: one, url, access: config.access });
  });
  // After the rate limit, which is a route's onRequest hook, and before the body is read.
  app.addHook('preParsing', async (request) => {
    checkHost(request, options.hosts);
    request.caller = await callerOf(request, options);
    checkAccess(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') checkOrigin(request);
  });
}

/** The caller of a route whose access is not `anyone`. */
export function callerIn(request: FastifyRequest): Caller {
  if (!request.caller) throw new Problem('not-signed-in');
  return request.caller;
}

async function callerOf(request: FastifyRequest, o: GuardOptions, seen = true): Promise<Caller | undefined> {
  const token = request.cookies[cookieName(o.secure)];
  const session = token ? await o.sessions.find(token, seen) : undefined;
  const account = session && (await o.accounts.get(session.account));
  if (!account || account.disabled) return undefined;
  return { session, account, principal: { name: account.name, role: account.role } };
}

function isAllowed(caller: Caller | undefined, { routeOptions }: FastifyRequest): boolean {
  const { access = 'signed-in' } = routeOptions.config;
  if (!caller || caller.account.mustChange) return false;
  return access === 'anyone' || access === 'signed-in' || mayActAs(caller.principal, access);
}

function checkHost(request: FastifyRequest, hosts: readonly string[]): void {
  if (!hosts.includes(request.hostname.replace(/^\[|\]$/g, ''))) throw new Problem('cross-site', { detail: 'Host' });
}

function checkAccess({ caller, routeOptions }: FastifyRequest): void {
  const access = routeOptions.config.access ?? 'signed-in';
  if (access === 'anyone') return;
  if (!caller) throw new Problem('not-signed-in');
  if (access === 'signed-in') return;
  if (caller.account.mustChange) throw new Problem('password-must-change');
  if (!mayActAs(caller.principal, access)) throw new Problem('not-allowed', { detail: access });
}

/**
 * For requests that no header can be added to, WebSockets: browsers tell where they come from, and other programs must, and
 * the token comes as a second subprotocol.
 */
export function checkSocketOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host)
    throw new Problem('cross-site', { detail: 'Origin' });
  const [, token = ''] = (request.headers['sec-websocket-protocol'] ?? '').split(/,\s*/);
  if (!sameToken(token, callerIn(request).session.csrf)) throw new Problem('cross-site', { detail: 'token' });
}

/** Browsers send Origin with every change; a program that sends none needs the token all the same. */
function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    throw new Problem('cross-site', { detail: 'Origin' });
  const token = request.headers[CSRF_HEADER];
  if (request.caller && !(typeof token === 'string' && sameToken(token, request.caller.session.csrf)))
    throw new Problem('cross-site', { detail: CSRF_HEADER });
}
