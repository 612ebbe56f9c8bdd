/** To the identity provider and back. */
import type { FastifyInstance } from 'fastify';
import { CALLBACK, type Journey, type Oidc } from '../accounts/oidc.ts';
import { NOTHING } from '../contract/page.ts';
import { Problem } from '../problem.ts';
import { cookieName } from '../request-guard.ts';
import type { SessionStore } from '../sessions/session-store.ts';

const JOURNEY = 'jdos-journey';
const JOURNEY_SECONDS = 600;

export interface OidcRoutes {
  readonly oidc: Oidc;
  readonly sessions: SessionStore;
  readonly secure: boolean;
}

export function oidcRoutes(app: FastifyInstance, { oidc, sessions, secure }: OidcRoutes): void {
  const route = { config: { access: 'anyone' }, schema: { response: { 302: NOTHING } } } as const;
  // The provider sends the browser back from another site: `lax` lets that one navigation carry the cookie.
  const cookie = { path: '/api/v1/sign-in/oidc', httpOnly: true, sameSite: 'lax', secure } as const;

  app.get('/api/v1/sign-in/oidc', route, async (_, reply) => {
    const { url, journey } = await oidc.begin();
    const text = Buffer.from(JSON.stringify(journey)).toString('base64url');
    return reply.setCookie(JOURNEY, text, { ...cookie, maxAge: JOURNEY_SECONDS }).redirect(url);
  });

  app.get(CALLBACK, route, async (request, reply) => {
    const journey = journeyIn(request.cookies[JOURNEY]);
    const account = await oidc.finish(request.url.slice(CALLBACK.length), journey);
    const { token } = await sessions.begin(account);
    return reply
      .clearCookie(JOURNEY, cookie)
      .setCookie(cookieName(secure), token, { path: '/', httpOnly: true, sameSite: 'strict', secure })
      .redirect('/');
  });
}

function journeyIn(text: string | undefined): Journey {
  try {
    const value = JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as Partial<Journey>;
    const { state, nonce, verifier } = value;
    if (state && nonce && verifier) return { state, nonce, verifier };
  } catch {
    // Falls through: what is no journey is refused.
  }
  throw new Problem('sign-in-failed');
}
