import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressGuard, type Lookup } from './address-guard.ts';
import { askThrough } from './ask.ts';
import { judgeAnswer } from './promql.ts';
import { formatRequest, parseRequest } from './request.ts';
import type { Check, Release } from './seen.ts';
import { tryCheck } from './try-check.ts';

let server: Server;
let port: number;
let asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/away') response.writeHead(302, { location: '/well' }).end();
    else if (request.url === '/slow') return;
    else if (request.url === '/large') response.end('x'.repeat(2 << 20));
    else response.writeHead(request.url === '/bad' ? 500 : 200).end('all is well');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = askThrough(new AddressGuard(['127.0.0.0/8']));
const check = (http: Check['http'], timeoutSeconds = 5): Check => {
  return { name: 'c', http, intervalSeconds: 1, timeoutSeconds, successes: 1, failureLimit: 1 } as Check;
};
const attempt = (path: string, more: Partial<NonNullable<Check['http']>> = {}, ask = open.ask) =>
  tryCheck(
    {} as never,
    ask,
    {} as Release,
    check({ url: `http://127.0.0.1:${port}${path}`, ...more }),
    new AbortController().signal,
  );

describe('an HTTP check', () => {
  it.each([
    ['/', {}, true, 'answers 200'],
    ['/bad', {}, false, 'answers 500'],
    ['/bad', { expectStatus: 500 }, true, 'answers 500'],
    ['/', { expectBody: 'well' }, true, 'answers 200'],
    ['/', { expectBody: 'ill' }, false, 'does not say ill'],
    ['/large', {}, false, 'larger than'],
  ])('of %s with %j is %s', async (path, more, ok, message) => {
    expect(await attempt(path, more)).toMatchObject({ ok, message: expect.stringContaining(message) });
  });

  it('does not follow a redirect', async () => {
    asked = [];
    expect(await attempt('/away')).toMatchObject({ ok: false, message: expect.stringContaining('302') });
    expect(asked).toEqual(['/away']);
  });

  it('fails when no answer comes in time, and when nobody listens', async () => {
    const slow = check({ url: `http://127.0.0.1:${port}/slow` }, 0.05);
    const late = await tryCheck({} as never, open.ask, {} as Release, slow, new AbortController().signal);
    expect(late).toMatchObject({ ok: false, message: expect.stringContaining('no answer within') });
    const nobody = check({ url: 'http://127.0.0.1:1/' });
    expect(await tryCheck({} as never, open.ask, {} as Release, nobody, new AbortController().signal)).toMatchObject({
      ok: false,
    });
  });
});

describe('an address', () => {
  const guard = new AddressGuard();
  it.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:127.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '224.0.0.1',
    '255.255.255.255',
  ])('%s is refused', (address) => expect(() => guard.check(address)).toThrow('may not ask'));

  it.each(['10.0.0.1', '192.168.1.1', '8.8.8.8', 'fd12::1', '2001:db8::1'])('%s may be asked', (address) => {
    expect(() => guard.check(address)).not.toThrow();
  });

  it('is judged in the URL and after its name was looked up', async () => {
    const strict = askThrough(guard);
    asked = [];
    const direct = await attempt('/', {}, strict.ask);
    expect(direct).toMatchObject({ ok: false, message: expect.stringContaining('may not ask 127.0.0.1') });
    const resolve = ((_: string, options: { all?: boolean }, done: (...args: unknown[]) => void) =>
      options.all
        ? done(null, [{ address: '127.0.0.1', family: 4 }])
        : done(null, '127.0.0.1', 4)) as unknown as Lookup;
    const rebound = askThrough(guard, resolve);
    const named = check({ url: `http://innocent.example:${port}/` });
    const answer = await tryCheck({} as never, rebound.ask, {} as Release, named, new AbortController().signal);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('may not ask 127.0.0.1') });
    expect(asked).toEqual([]);
  });

  it('in the forms that URLs allow is still the same address', () => {
    for (const host of ['2130706433', '0x7f.1', '127.1']) {
      expect(() => guard.checkHost(new URL(`http://${host}/`).hostname)).toThrow('may not ask');
    }
    expect(() => guard.checkHost(new URL('http://[::ffff:7f00:1]/').hostname)).toThrow('may not ask');
  });

  it('may be allowed by range', () => {
    const open = new AddressGuard(['127.0.0.1', 'fe80::/10']);
    expect(() => open.check('127.0.0.1')).not.toThrow();
    expect(() => open.check('fe80::7')).not.toThrow();
    expect(() => open.check('127.0.0.2')).toThrow();
    expect(() => new AddressGuard(['localhost'])).toThrow('expected a range');
  });
});

describe('an answer of Prometheus', () => {
  const vector = (...values: string[]) =>
    JSON.stringify({
      status: 'success',
      data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [1, value] })) },
    });
  const judge = (expected: string, body: string, onEmpty: 'Fail' | 'Pass' = 'Fail') =>
    judgeAnswer({ server: 'http://p', query: 'up', expect: expected, onEmpty }, body);
  it.each([
    ['< 0.01', vector('0.001'), true],
    ['< 0.01', vector('0.001', '0.5'), false],
    ['>= 1', vector('1'), true],
    ['== 1', vector('1'), true],
    ['!= 1', vector('1'), false],
    ['> 1e-3', vector('0.01'), true],
    ['<= -1', vector('-2'), true],
    ['< 1', vector('NaN'), false],
    ['< 1', JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [1, '0'] } }), true],
    ['< 1', JSON.stringify({ status: 'error', error: 'bad query' }), false],
    ['< 1', '<html>', false],
  ])('%s of %s is %s', (expected, body, ok) => expect(judge(expected, body).ok).toBe(ok));

  it('without values fails, unless that is well', () => {
    expect(judge('< 1', vector()).ok).toBe(false);
    expect(judge('< 1', vector(), 'Pass').ok).toBe(true);
  });
});

describe('a request', () => {
  it('reads as it was written', () => {
    expect(parseRequest(formatRequest('jump', 3, 'id'))).toEqual({ verb: 'jump', step: 3 });
    expect(parseRequest('approve')).toEqual({ verb: 'approve', step: undefined });
  });
  it.each(['', 'Approve', 'approve:', 'approve:x', 'delete', 'jump:1:2'])('%s is none', (text) =>
    expect(parseRequest(text)).toBeUndefined(),
  );
});
