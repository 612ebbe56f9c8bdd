import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestServer, type Person, type TestServer } from './server.testing.ts';

let server: TestServer;
let [viewer, operator]: Person[] = [];
beforeAll(async () => {
  server = await openTestServer();
  viewer = await server.signedIn('vera', 'viewer');
  operator = await server.signedIn('olaf', 'operator');
});
afterAll(() => server[Symbol.asyncDispose]());

const wish = { selector: 'all', command: 'hostname' };

it('commands on many targets are for operators, to see as well as to run: outputs may hold anything', async () => {
  for (const [method, url] of [
    ['POST', '/api/v1/batch/preview'],
    ['POST', '/api/v1/batch'],
    ['GET', '/api/v1/batch'],
    ['GET', '/api/v1/batch/b1'],
    ['GET', '/api/v1/batch/b1/results'],
    ['POST', '/api/v1/batch/b1/cancel'],
  ] as const)
    expect((await viewer!.ask(method, url, method === 'POST' ? wish : undefined)).json()).toMatchObject({
      code: 'not-allowed',
      detail: 'operator',
    });
});

it('what is dangerous only an administrator may allow', async () => {
  const answer = await operator!.ask('POST', '/api/v1/batch', { ...wish, command: 'reboot', allowDangerous: true });
  expect(answer.json()).toMatchObject({ code: 'not-allowed', detail: 'admin' });
});

it('nothing is begun that the cluster does not answer for', async () => {
  expect((await operator!.ask('POST', '/api/v1/batch', wish)).json()).toMatchObject({ code: 'cluster-away' });
  expect((await operator!.ask('GET', '/api/v1/batch')).json()).toEqual({ items: [] });
  expect((await operator!.ask('GET', '/api/v1/batch/b1')).statusCode).toBe(404);
  expect((await operator!.ask('POST', '/api/v1/batch/b1/cancel')).json()).toMatchObject({ code: 'bad-request' });
});
