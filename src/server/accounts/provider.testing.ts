/** A real provider of OpenID Connect on loopback, for tests. Its people are in the groups that their names say: `mei.sre`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'jdos', secret: 'its secret' };

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  /** From now on it sends browsers back to this console. */
  trust(consoleUrl: string): void;
}

export async function startProvider(): Promise<TestProvider> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    issuer,
    trust(consoleUrl) {
      const answer = providerFor(issuer, consoleUrl).callback();
      http.removeAllListeners('request');
      http.on('request', (request, response) => void answer(request, response));
    },
    async [Symbol.asyncDispose]() {
      http.close();
      http.closeAllConnections();
    },
  };
}

function providerFor(issuer: string, consoleUrl: string): Provider {
  const redirect = `${consoleUrl}/api/v1/sign-in/oidc/callback`;
  return new Provider(issuer, {
    clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirect] }],
    scopes: ['openid', 'profile', 'groups'],
    claims: { profile: ['preferred_username'], groups: ['groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, groups: id.split('.').slice(1) }),
    }),
  });
}

/** Walks through the provider's own pages as a browser does, from where the console sends it to; answers the address it is sent back to. */
export async function walkThrough(begin: string, login: string, consoleUrl: string): Promise<string> {
  const jar = new Map<string, string>();
  let url = begin;
  let body: string | undefined;
  for (let step = 0; step < 12 && !url.startsWith(consoleUrl); step++) {
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
  return url;
}
