import { expect, it } from 'vitest';
import { MASTER, TestPlane } from '../plane.testing.ts';

it('one client is not told what another called the server', async () => {
  const plane = await TestPlane.start();
  await plane.ask(MASTER, 'GET', '/api', { headers: { host: 'evil.example:443' } });
  const { body } = await plane.ask(MASTER, 'GET', '/api', { headers: { host: 'good.example' } });
  expect(body.serverAddressByClientCIDRs[0].serverAddress).toBe('good.example');
});

it('what a client knows already is not sent again, until the kinds change', async () => {
  const plane = await TestPlane.start();
  const first = await plane.ask(MASTER, 'GET', '/apis/apps/v1');
  const again = () =>
    plane.ask(MASTER, 'GET', '/apis/apps/v1', { headers: { 'if-none-match': String(first.headers.etag) } });
  expect((await again()).status).toBe(304);
  plane.plane.registry.remove({ group: 'apps', version: 'v1', plural: 'daemonsets' });
  expect((await again()).status).toBe(200);
});

it.each(['/api/v2', '/apis/nobody', '/apis/apps/v9', '/openapi/v3/apis/nobody/v1', '/openapi', '/x'])(
  'nothing is at %s',
  async (path) => {
    const plane = await TestPlane.start();
    expect((await plane.ask(MASTER, 'GET', path)).status).toBe(404);
  },
);
