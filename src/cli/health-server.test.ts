import { Counter, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { serveHealth } from './health-server.ts';

it('tells that it lives, whether it may be asked, how it stands, and its figures', async () => {
  const metrics = new Registry();
  new Counter({ name: 'turns_total', help: 'Turns', registers: [metrics] }).inc(3);
  let health = { ready: false, state: 'not ready' };
  const server = await serveHealth(0, '127.0.0.1', metrics, () => health);
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [answer.status, await answer.text()] as const;
  };
  expect(await get('/healthz')).toEqual([200, 'ok, not ready\n']);
  expect(await get('/readyz')).toEqual([503, 'not ready\n']);
  health = { ready: true, state: 'leads' };
  expect(await get('/readyz')).toEqual([200, 'ok, leads\n']);
  expect((await get('/metrics'))[1]).toContain('turns_total 3');
  expect((await get('/secrets'))[0]).toBe(404);
  await server.close();
});
