import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServer, type TestServer } from '../server.testing.ts';
import { CLIENT, startProvider, type TestProvider, walkThrough } from './provider.testing.ts';

/** A console that trusts a real provider. */
let [server, provider]: [TestServer?, TestProvider?] = [];
const CONSOLE = 'http://localhost:8080';

beforeAll(async () => {
  provider = await startProvider();
  provider.trust(CONSOLE);
  const oidc = {
    issuer: provider.issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    url: CONSOLE,
    groups: { viewer: ['staff'], operator: ['sre'], admin: ['root'] },
    insecure: true,
  };
  server = await openTestServer({ oidc });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

/** Answers the way back to the console and the journey cookie. */
async function travel(login: string): Promise<{ callback: string; journey: string }> {
  const start = await server!.app.inject({ url: '/api/v1/sign-in/oidc', headers: { host: 'localhost:8080' } });
  const journey = `jdos-journey=${start.cookies[0]!.value}`;
  const url = await walkThrough(String(start.headers.location), login, CONSOLE);
  return { callback: url.slice(CONSOLE.length), journey };
}

async function comeBack(callback: string, cookie?: string) {
  const headers = { host: 'localhost:8080', 'accept-language': 'en', ...(cookie && { cookie }) };
  return server!.app.inject({ url: callback, headers });
}

async function whoIs(session: string) {
  return (
    await server!.app.inject({ url: '/api/v1/me', headers: { host: 'localhost', cookie: session } })
  ).json<object>();
}

describe('signing in by an OpenID Connect provider', () => {
  it('gives the role of the highest group, and follows its changes', async () => {
    const { callback, journey } = await travel('mei.staff.sre');
    const answer = await comeBack(callback, journey);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe('/');
    const session = answer.cookies.find(({ name }) => name === 'jdos')!;
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(await whoIs(`jdos=${session.value}`)).toMatchObject({ name: 'mei.staff.sre', role: 'operator' });
    await server!.accounts.change('mei.staff.sre', 1, { role: 'admin' }, 'test');
    const again = await travel('mei.staff.sre');
    await comeBack(again.callback, again.journey);
    expect(await server!.accounts.get('mei.staff.sre')).toMatchObject({ role: 'operator', passwordHash: null });
  });

  it('refuses who is in no group that gives a role', async () => {
    const { callback, journey } = await travel('stranger.guests');
    expect((await comeBack(callback, journey)).json()).toMatchObject({ code: 'not-allowed' });
  });

  it('takes an answer only in the browser that asked, and only once', async () => {
    const { callback, journey } = await travel('lei.staff');
    const other = await travel('lei.staff');
    expect((await comeBack(callback)).statusCode).toBe(401);
    expect((await comeBack(callback, other.journey)).statusCode).toBe(401);
    expect((await comeBack(callback, journey)).statusCode).toBe(302);
    expect((await comeBack(callback, journey)).statusCode).toBe(401);
  });

  it('does not take over a local account of the same name', async () => {
    await server!.signedIn('hong.staff', 'admin');
    const { callback, journey } = await travel('hong.staff');
    expect((await comeBack(callback, journey)).json()).toMatchObject({ code: 'conflict' });
  });
});
