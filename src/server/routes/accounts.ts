/** Accounts, for administrators. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AccountStore } from '../accounts/account-store.ts';
import { hashPassword, passwordFault } from '../accounts/password.ts';
import { ACCOUNT_PAGE, ROLE } from '../contract/account.ts';
import { NOTHING } from '../contract/page.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';
import type { SessionStore } from '../sessions/session-store.ts';

const PASSWORD = z.string().max(1000);
const NAMED = z.object({ name: z.string() });

export interface AccountRoutes {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
}

export function accountRoutes(plain: FastifyInstance, { accounts, sessions }: AccountRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const config = { access: 'admin' } as const;

  app.get(
    '/api/v1/accounts',
    {
      config,
      schema: {
        querystring: z.object({
          limit: z.coerce.number().int().min(1).max(500).default(100),
          after: z.string().optional(),
        }),
        response: { 200: ACCOUNT_PAGE },
      },
    },
    ({ query }) => accounts.list(query.limit, query.after),
  );

  app.post(
    '/api/v1/accounts',
    {
      config,
      schema: {
        body: z.object({ name: z.string(), role: ROLE, password: PASSWORD }),
        response: { 201: NOTHING },
      },
    },
    async (request, reply) => {
      const { name, role, password } = request.body;
      const passwordHash = await fitHash(password, name);
      await accounts.create({ name, role, passwordHash, mustChange: true }, callerIn(request).principal.name);
      return reply.code(201).send();
    },
  );

  app.patch(
    '/api/v1/accounts/:name',
    {
      config,
      schema: {
        params: NAMED,
        body: z.object({
          version: z.number().int(),
          role: ROLE.optional(),
          disabled: z.boolean().optional(),
          password: PASSWORD.optional(),
        }),
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { version, role, disabled, password } = request.body;
      const actor = callerIn(request).principal.name;
      if (name === actor && (role || disabled)) throw new Problem('not-allowed', { detail: 'self' });
      const fresh = password === undefined ? {} : { passwordHash: await fitHash(password, name), mustChange: true };
      const change = { ...fresh, ...(role && { role }), ...(disabled !== undefined && { disabled }) };
      await accounts.change(name, version, change, actor);
      if (disabled || password !== undefined) await sessions.endAllOf(name);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/api/v1/accounts/:name',
    {
      config,
      schema: {
        params: NAMED,
        querystring: z.object({ version: z.coerce.number().int() }),
        response: { 204: NOTHING },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const actor = callerIn(request).principal.name;
      if (name === actor) throw new Problem('not-allowed', { detail: 'self' });
      await accounts.remove(name, request.query.version, actor);
      await sessions.endAllOf(name);
      return reply.code(204).send();
    },
  );
}

async function fitHash(password: string, name: string): Promise<string> {
  const fault = passwordFault(password, name);
  if (fault) throw new Problem('password-unfit', { fields: [{ field: 'password', fault }] });
  return hashPassword(password);
}
