import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, serveConsole, type UpStatus } from './console.ts';

const starting: UpStatus = {
  version: '0.1.0',
  startedAt: '2026-01-01T00:00:00Z',
  apiUrl: 'https://127.0.0.1:6443',
  ready: false,
  parts: [
    { name: 'api', state: 'ready', restarts: 0 },
    { name: 'fleet', state: 'starting', restarts: 0 },
  ],
};
let status = starting;
let server: Console;
const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { headers });

beforeAll(async () => {
  server = await serveConsole(0, () => status);
});
afterAll(() => server.close());

describe('the console port', () => {
  it('is not ready while a part is not, and says which', async () => {
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('[+]api ok\n[-]fleet starting\nnot ready\n');
  });

  it('is ready when all parts are', async () => {
    status = { ...starting, ready: true };
    const response = await get('/readyz');
    expect([response.status, await response.text()]).toEqual([200, 'ok\n']);
    status = starting;
  });

  it('gives programs the status as JSON', async () => {
    expect(await (await get('/status.json')).json()).toEqual(starting);
  });

  it('speaks Chinese and English', async () => {
    expect(await (await get('/', { 'accept-language': 'zh-CN,zh;q=0.9' })).text()).toContain('主机');
    expect(await (await get('/', { 'accept-language': 'de' })).text()).toContain('Hosts');
    expect(await (await get('/?lang=zh', { 'accept-language': 'en' })).text()).toContain('<html lang="zh">');
  });

  it('takes GET only and knows its paths', async () => {
    expect((await fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST' })).status).toBe(405);
    expect((await get('/etc/passwd')).status).toBe(404);
  });
});
