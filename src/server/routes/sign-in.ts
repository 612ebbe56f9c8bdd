/** Signing in and out with name and password, who one is, and a new password. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/account-store.ts';
import { hashPassword, passwordFault } from '../accounts/password.ts';
import type { SignIn } from '../accounts/sign-in.ts';
import { ME } from '../contract/account.ts';
import { NOTHING } from '../contract/page.ts';
import { Problem } from '../problem.ts';
import { callerIn, cookieName } from '../request-guard.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';

export interface SignInRoutes {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly signIn: SignIn;
  readonly secure: boolean;
  /** Whether there is an identity provider too. */
  readonly oidc: boolean;
  /** Passwords a minute from one address. */
  readonly perMinute: number;
}

export function signInRoutes(plain: FastifyInstance, o: SignInRoutes): void {
  const { accounts, sessions, signIn, secure } = o;
  const rateLimit = { max: o.perMinute, timeWindow: 60_000 };
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;

  app.get(
    '/api/v1/sign-in',
    { config: { access: 'anyone' }, schema: { response: { 200: z.object({ oidc: z.boolean() }) } } },
    () => ({ oidc: o.oidc }),
  );

  app.post(
    '/api/v1/sign-in',
    {
      config: { access: 'anyone', rateLimit },
      schema: {
        body: z.object({ name: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
        response: { 200: ME },
      },
    },
    async (request, reply) => {
      const account = await signIn.check(request.body.name.trim().toLowerCase(), request.body.password);
      if (request.caller) await sessions.end(request.caller.session.id);
      return welcome(reply, account);
    },
  );

  const leaving = { config: { access: 'signed-in' }, schema: { response: { 204: NOTHING } } } as const;
  app.post('/api/v1/sign-out', leaving, async (request, reply) => {
    await sessions.end(callerIn(request).session.id);
    return reply.clearCookie(cookieName(secure), cookie).code(204).send();
  });

  const whoever = { config: { access: 'anyone' }, schema: { response: { 200: ME.nullable() } } } as const;
  app.get('/api/v1/me', whoever, ({ caller }) => (caller ? me(caller.account, caller.session) : null));

  app.post(
    '/api/v1/me/password',
    {
      config: { access: 'signed-in', rateLimit },
      schema: {
        body: z.object({ old: z.string().max(1000), new: z.string().max(1000) }),
        response: { 200: ME },
      },
    },
    async (request, reply) => {
      const { account } = callerIn(request);
      const checked = await signIn.check(account.name, request.body.old);
      const fault = request.body.new === request.body.old ? 'same' : passwordFault(request.body.new, account.name);
      if (fault) throw new Problem('password-unfit', { fields: [{ field: 'new', fault }] });
      const passwordHash = await hashPassword(request.body.new);
      await accounts.change(account.name, checked.version, { passwordHash, mustChange: false }, account.name);
      await sessions.endAllOf(account.name);
      return welcome(reply, { ...checked, mustChange: false });
    },
  );

  async function welcome(reply: FastifyReply, account: Account) {
    const { token, session } = await sessions.begin(account.name);
    void reply.setCookie(cookieName(secure), token, cookie);
    return me(account, session);
  }
}

function me({ name, role, mustChange }: Account, { csrf }: Session) {
  return { name, role, mustChangePassword: mustChange, csrf };
}
