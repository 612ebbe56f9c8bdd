import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

describe('the console behind the port', () => {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-console-'));
  const upstream = join(dir, 'console.sock');
  afterAll(() => rmSync(dir, { recursive: true }));

  it('gets every request but those for the status, with its body; while it is away people get the status page', async () => {
    const front = await serveConsole(0, () => status, { upstream });
    const ask = async (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${front.port}${path}`, init);
    expect(await (await ask('/')).text()).toContain('<title>JDOS</title>');
    expect((await ask('/api/v1/me')).status).toBe(404);
    const console = createServer((request, response) => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.write(`${request.method} ${request.url} from ${String(request.headers['x-forwarded-for'])}: `);
      request.pipe(response);
    });
    await new Promise<void>((resolve) => console.listen(upstream, resolve));
    const answer = await ask('/api/v1/sign-in?a=b', { method: 'POST', body: 'the body' });
    expect(await answer.text()).toBe('POST /api/v1/sign-in?a=b from 127.0.0.1: the body');
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await (await ask('/livez')).text()).toBe('ok\n');
    console.close();
    await front.close();
  });
});
