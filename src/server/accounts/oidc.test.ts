import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServer, type TestServer } from '../server.testing.ts';

/** A real provider on loopback, and a console that trusts it. Its people are in the groups that their names say. */
let [server, stopProvider]: [TestServer?, (() => void)?] = [];
const CONSOLE = 'http://localhost:8080';

beforeAll(async () => {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      { client_id: 'jdos', client_secret: 'its secret', redirect_uris: [`${CONSOLE}/api/v1/sign-in/oidc/callback`] },
    ],
    scopes: ['openid', 'profile', 'groups'],
    claims: { profile: ['preferred_username'], groups: ['groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: id.split('.').slice(1) }),
    }),
  });
  const answer = provider.callback();
  http.on('request', (request, response) => void answer(request, response));
  stopProvider = () => {
    http.close();
    http.closeAllConnections();
  };
  const oidc = {
    issuer,
    clientId: 'jdos',
    clientSecret: 'its secret',
    url: CONSOLE,
    groups: { viewer: ['staff'], operator: ['sre'], admin: ['root'] },
    insecure: true,
  };
  server = await openTestServer({ oidc });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  stopProvider?.();
});

/** Walks through the provider's own pages as a browser does; answers the way back to the console and the journey cookie. */
async function travel(login: string): Promise<{ callback: string; journey: string }> {
  const start = await server!.app.inject({ url: '/api/v1/sign-in/oidc', headers: { host: 'localhost:8080' } });
  const journey = `jdos-journey=${start.cookies[0]!.value}`;
  const jar = new Map<string, string>();
  let url = String(start.headers.location);
  let body: string | undefined;
  for (let step = 0; step < 12 && !url.startsWith(CONSOLE); step++) {
    const answer = await fetch(url, {
      method: body ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(body && { body }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!;
      jar.set(name!, value!);
    }
    body = undefined;
    const location = answer.headers.get('location');
    if (location) {
      url = new URL(location, url).href;
      continue;
    }
    const page = await answer.text();
    url = new URL(/action="([^"]+)"/.exec(page)![1]!, url).href;
    body = page.includes('name="login"') ? `prompt=login&login=${login}&password=any` : 'prompt=consent';
  }
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
