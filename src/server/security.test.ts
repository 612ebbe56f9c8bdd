import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CSRF_HEADER } from './request-guard.ts';
import { openTestServer, PASSWORD, type Person, type TestServer } from './server.testing.ts';

let server: TestServer;
let [viewer, operator, admin]: Person[] = [];
beforeAll(async () => {
  server = await openTestServer();
  viewer = await server.signedIn('viewer-1', 'viewer');
  operator = await server.signedIn('operator-1', 'operator');
  admin = await server.signedIn('admin-1', 'admin');
});
afterAll(() => server[Symbol.asyncDispose]());

/** Every route there is, with something in place of its parameters. */
function routes() {
  return server.app.declaredRoutes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url }) => ({ method: method as 'GET', url: filled(url) }));
}

function filled(url: string): string {
  return url.replace(/:\w+/g, 'x');
}

describe('somebody who has not signed in', () => {
  it('gets nowhere but to the sign-in', async () => {
    expect(routes().length).toBeGreaterThan(20);
    const open: string[] = [];
    for (const { method, url } of routes()) {
      const answer = await server.person().ask(method, url, method === 'GET' ? undefined : {});
      if (answer.statusCode !== 401) open.push(`${method} ${url}`);
    }
    expect(open.toSorted()).toEqual([
      'GET /*',
      'GET /api/v1/me',
      'GET /api/v1/sign-in',
      'GET /assets/x',
      'POST /api/v1/sign-in',
    ]);
  });
});

describe('roles', () => {
  it('let viewers see and not act: whatever changes something is for operators or administrators', () => {
    const own = ['/api/v1/sign-in', '/api/v1/sign-out', '/api/v1/me/password'];
    // A question that may be too long for a URL.
    const asks = ['/api/v1/sql'];
    const acts = server.app.declaredRoutes.filter(
      ({ method, url }) => !['GET', 'HEAD'].includes(method) && ![...own, ...asks].includes(url),
    );
    expect(acts.length).toBeGreaterThan(7);
    expect(acts.filter(({ access }) => access !== 'operator' && access !== 'admin')).toEqual([]);
  });

  it('hold on every route, whoever is below', async () => {
    const below = { viewer: [], operator: [viewer!], admin: [viewer!, operator!] };
    const passed: string[] = [];
    for (const { method, url, access } of server.app.declaredRoutes) {
      if (method === 'HEAD' || access === 'anyone' || access === 'signed-in') continue;
      for (const person of below[access]) {
        const answer = await person.ask(method as 'GET', filled(url), method === 'GET' ? undefined : {});
        if (answer.statusCode !== 403 || answer.json<{ code: string }>().code !== 'not-allowed')
          passed.push(`${method} ${url}`);
      }
    }
    expect(passed).toEqual([]);
  });

  it('keep accounts and the audit for administrators', async () => {
    for (const person of [viewer!, operator!])
      for (const url of ['/api/v1/accounts', '/api/v1/audit'])
        expect((await person.ask('GET', url)).json()).toMatchObject({ code: 'not-allowed', detail: 'admin' });
    expect((await admin!.ask('GET', '/api/v1/accounts')).statusCode).toBe(200);
  });

  it('are nobody’s to raise for himself', async () => {
    expect(
      (await operator!.ask('PATCH', '/api/v1/accounts/operator-1', { version: 1, role: 'admin' })).statusCode,
    ).toBe(403);
    expect((await admin!.ask('PATCH', '/api/v1/accounts/admin-1', { version: 1, role: 'viewer' })).statusCode).toBe(
      403,
    );
  });

  it('of a lowered account are lower at its next request', async () => {
    const person = await server.signedIn('fallen', 'admin');
    await admin!.ask('PATCH', '/api/v1/accounts/fallen', { version: 1, role: 'viewer' });
    expect((await person.ask('GET', '/api/v1/accounts')).statusCode).toBe(403);
  });
});

describe('another site', () => {
  const forged = (headers: Record<string, string>) =>
    server.app.inject({
      method: 'POST',
      url: '/api/v1/sign-out',
      headers: { host: 'localhost', cookie: admin!.cookie!, ...headers },
    });

  it('changes nothing without the token, with another’s token, or from another origin', async () => {
    const forgeries: Record<string, string>[] = [
      {},
      { [CSRF_HEADER]: viewer!.csrf! },
      { [CSRF_HEADER]: '' },
      { [CSRF_HEADER]: admin!.csrf!, origin: 'https://evil.example' },
      { [CSRF_HEADER]: admin!.csrf!, origin: 'null' },
    ];
    for (const headers of forgeries) expect((await forged(headers)).json()).toMatchObject({ code: 'cross-site' });
    expect(await admin!.isSignedIn()).toBe(true);
  });

  it('changes nothing on any route without the token', async () => {
    const changing = server.app.declaredRoutes.filter(({ method }) => !['GET', 'HEAD'].includes(method));
    const passed: string[] = [];
    for (const { method, url } of changing) {
      const headers = { host: 'localhost', cookie: admin!.cookie! };
      const answer = await server.app.inject({ method: method as 'POST', url: filled(url), headers, payload: {} });
      if (answer.json<{ code: string }>().code !== 'cross-site') passed.push(`${method} ${url}`);
    }
    expect(passed).toEqual([]);
    expect(await admin!.isSignedIn()).toBe(true);
  });

  it('does not sign anybody in as somebody else', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: { host: 'localhost', origin: 'https://evil.example' },
      payload: { name: 'viewer-1', password: PASSWORD },
    });
    expect(answer.statusCode).toBe(403);
  });

  it('that points its own name at this address is refused', async () => {
    const answer = await server.app.inject({
      url: '/api/v1/me',
      headers: { host: 'evil.example:8080', cookie: admin!.cookie! },
    });
    expect(answer.json()).toMatchObject({ code: 'cross-site', detail: 'Host' });
  });
});

describe('answers', () => {
  it('forbid frames, foreign scripts and guessing of types', async () => {
    const { headers } = await admin!.ask('GET', '/api/v1/me');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('to broken requests name the field and nothing of the inside', async () => {
    const answer = await server.person().ask('POST', '/api/v1/sign-in', { name: 7 });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ code: 'bad-field', fields: [{ field: 'name' }, { field: 'password' }] });
    const broken = await server.app.inject({
      method: 'POST',
      url: '/api/v1/sign-in',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload: '{"name":',
    });
    expect(broken.statusCode).toBe(400);
    expect(broken.body).not.toMatch(/node_modules|\.ts:/);
  });

  it('are in the language of the reader, Chinese if he names none', async () => {
    const title = async (language?: string) => {
      const headers = { host: 'localhost', ...(language && { 'accept-language': language }) };
      return (await server.app.inject({ url: '/api/v1/audit', headers })).json<{ title: string }>().title;
    };
    expect([await title('en-GB,zh;q=0.5'), await title('zh-CN'), await title()]).toEqual([
      'Sign in first',
      '请先登录',
      '请先登录',
    ]);
  });

  it('never tell a password or its hash', async () => {
    const texts = await Promise.all(['/api/v1/accounts', '/api/v1/audit'].map((url) => admin!.ask('GET', url)));
    for (const { body } of texts) expect(body).not.toMatch(/scrypt|correct horse/);
  });
});

describe('paths', () => {
  it.each(['/../../etc/passwd', '/assets/..%2f..%2f..%2fetc%2fpasswd', '/assets/%00', '/%2e%2e/%2e%2e/etc/passwd'])(
    '%s leads out of the console to no file',
    async (url) => {
      const answer = await server.app.inject({ url, headers: { host: 'localhost', cookie: admin!.cookie! } });
      expect(answer.statusCode).toBeLessThan(500);
      expect(answer.body).not.toContain('root:');
    },
  );

  it.each(['..', '..%2F..%2Fsecrets', '%2e%2e%2fkube-system', 'a%00b', 'a%2Fb'])(
    'that lead up from a name, %s, are names of nothing',
    async (name) => {
      for (const url of [
        `/api/v1/pods/default/${name}`,
        `/api/v1/releases/${name}/x`,
        `/api/v1/groups/default/${name}`,
      ]) {
        const answer = await admin!.ask('GET', url);
        expect([url, [404, 422].includes(answer.statusCode)]).toEqual([url, true]);
      }
    },
  );

  it('of the console are answered with its one page, those of the API never', async () => {
    const ask = (url: string) => server.app.inject({ url, headers: { host: 'localhost' } });
    expect((await ask('/hosts/some-host')).body).toContain('<title>the console</title>');
    expect((await ask('/api/v1/no-such-thing')).json()).toMatchObject({ code: 'not-found' });
  });
});

it('nobody can make the server ask an address: no route takes one', async () => {
  const document = (await admin!.ask('GET', '/api/v1/openapi.json')).json<{ paths: object }>();
  const taken = new Set<string>();
  const look = (value: unknown, key = ''): void => {
    if (typeof value !== 'object' || value === null) return;
    if (key !== 'responses')
      for (const [name, part] of Object.entries(value)) {
        if (/ur[il]$|hook|endpoint|issuer|server$/i.test(name)) taken.add(name);
        look(part, name);
      }
    if ('name' in value && 'in' in value && /ur[il]$|hook|endpoint/i.test(String(value.name)))
      taken.add(String(value.name));
  };
  look(document.paths);
  expect([...taken]).toEqual([]);
});

it('whoever tries passwords too often waits, whatever the names', async () => {
  await using small = await openTestServer({ passwordsPerMinute: 3 });
  const codes: number[] = [];
  for (let i = 0; i < 5; i++) codes.push((await small.person().signIn(`name-${i}`, 'a wrong password')).statusCode);
  expect(codes).toEqual([401, 401, 401, 429, 429]);
});

it('whoever asks too often waits', async () => {
  await using small = await openTestServer({ requestsPerMinute: 5 });
  const codes: number[] = [];
  for (let i = 0; i < 8; i++) codes.push((await small.person().ask('GET', '/api/v1/audit')).statusCode);
  expect(codes).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
});

it('two administrators at one account: the second is told', async () => {
  await server.signedIn('shared', 'viewer');
  expect((await admin!.ask('PATCH', '/api/v1/accounts/shared', { version: 1, role: 'operator' })).statusCode).toBe(204);
  const late = await admin!.ask('PATCH', '/api/v1/accounts/shared', { version: 1, disabled: true });
  expect(late.json()).toMatchObject({ code: 'conflict' });
});
