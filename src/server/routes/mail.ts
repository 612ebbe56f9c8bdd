/** Who is written to by which server, a letter to try it with, and the letters of one operation. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Clock, systemClock } from '../../kube/index.ts';
import {
  Ledger,
  letterFor,
  type MailSettings,
  mailSettings,
  mailsOf,
  recipientsOf,
  SmtpNotifier,
  sendTestMail,
  setMailSettings,
} from '../../maintenance/index.ts';
import { appendAudit, type Records } from '../../records/index.ts';
import {
  KEPT_MAILS,
  LETTER,
  MAIL_KIND,
  MAIL_OUTCOME,
  MAIL_PAGE,
  MAIL_SETTINGS,
  TEST_MAIL,
  TEST_OUTCOME,
} from '../contract/mail.ts';
import { NOTHING } from '../contract/page.ts';
import { Problem } from '../problem.ts';
import { callerIn } from '../request-guard.ts';

export interface MailRoutes {
  readonly records: Records;
  /** Of the mail server. It comes from the environment, and nobody is told it. */
  readonly password?: string | undefined;
  readonly clock?: Clock;
}

const ID = z.object({ id: z.string().regex(/^m[\w-]{1,60}$/) });

export function mailRoutes(plain: FastifyInstance, { records, password, clock = systemClock }: MailRoutes): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const ledger = new Ledger(records, clock);
  const admin = { access: 'admin' } as const;

  app.get('/api/v1/settings/mail', { config: admin, schema: { response: { 200: MAIL_PAGE } } }, async () => ({
    settings: (await mailSettings(ledger)) ?? null,
    passwordSet: password !== undefined && password !== '',
  }));

  const set = { config: admin, schema: { body: MAIL_SETTINGS, response: { 204: NOTHING } } };
  app.put('/api/v1/settings/mail', set, async (request, reply) => {
    const { user, ...rest } = request.body;
    const settings: MailSettings = { ...rest, ...(user && { user }) };
    await setMailSettings(ledger, settings, callerIn(request).principal.name);
    return reply.code(204).send();
  });

  app.post(
    '/api/v1/settings/mail/test',
    {
      config: { ...admin, rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { body: TEST_MAIL, response: { 200: TEST_OUTCOME } },
    },
    async (request) => {
      const { to } = request.body;
      const settings = await mailSettings(ledger);
      if (!settings) throw new Problem('not-found', { detail: 'mail' });
      const outcome = await sendTestMail(settings, { to, password });
      const actor = callerIn(request).principal.name;
      const detail = { to, outcome: outcome.kind };
      await appendAudit(records, { at: clock.now(), actor, action: 'mail.test', object: 'setting/mail', detail });
      return outcome;
    },
  );

  app.get(
    '/api/v1/maintenance/:id/mails',
    { config: { access: 'viewer' }, schema: { params: ID, response: { 200: KEPT_MAILS } } },
    async (request) => {
      const { id } = request.params;
      return KEPT_MAILS.parse({ items: await mailsOf(ledger, (await ledger.get(id)).id) });
    },
  );

  app.get(
    '/api/v1/maintenance/:id/mails/:kind',
    { config: { access: 'viewer' }, schema: { params: ID.extend({ kind: MAIL_KIND }), response: { 200: LETTER } } },
    async ({ params: { id, kind } }) => {
      const [operation, settings] = [await ledger.get(id), await mailSettings(ledger)];
      const { subject, text } = letterFor(operation, kind, settings?.language ?? 'zh', clock.now());
      return { subject, text, recipients: settings ? recipientsOf(operation, settings) : [] };
    },
  );

  app.post(
    '/api/v1/maintenance/:id/mails/:kind',
    {
      config: { access: 'operator' },
      schema: {
        params: ID.extend({ kind: MAIL_KIND }),
        body: z.object({ reason: z.string().trim().max(500).default('') }),
        response: { 200: MAIL_OUTCOME },
      },
    },
    async (request) => {
      const { id, kind } = request.params;
      const { reason } = request.body;
      const operation = await ledger.get(id);
      const over = operation.state === 'succeeded' || operation.state === 'aborted';
      if (kind === 'recovery' && !over && reason === '')
        throw new Problem('bad-field', { fields: [{ field: 'reason', fault: operation.state }] });
      const sent = await new SmtpNotifier({ ledger, clock, password }).send(operation, kind);
      const actor = callerIn(request).principal.name;
      const why = reason ? `, because ${reason}` : '';
      await ledger.log(id, operation.step, `${kind} mail: ${sent.kind}${why}`, actor);
      return sent;
    },
  );
}
