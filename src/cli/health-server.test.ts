import { Counter, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { serveHealth } from './health-server.ts';

it('tells that it is well, whether it leads, and its figures', async () => {
  const metrics = new Registry();
  new Counter({ name: 'turns_total', help: 'Turns', registers: [metrics] }).inc(3);
  let leads = false;
  const server = await serveHealth(0, '127.0.0.1', metrics, () => leads);
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return [answer.status, await answer.text()] as const;
  };
  expect(await get('/healthz')).toEqual([200, 'ok, stands by\n']);
  leads = true;
  expect(await get('/readyz')).toEqual([200, 'ok, leads\n']);
  expect((await get('/metrics'))[1]).toContain('turns_total 3');
  expect((await get('/secrets'))[0]).toBe(404);
  await server.close();
});
