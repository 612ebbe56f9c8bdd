import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestServer, type Person, type TestServer } from './server.testing.ts';

let server: TestServer;
let [viewer, operator]: Person[] = [];
beforeAll(async () => {
  server = await openTestServer();
  viewer = await server.signedIn('vera', 'viewer');
  operator = await server.signedIn('olaf', 'operator');
});
afterAll(() => server[Symbol.asyncDispose]());

describe('plans', () => {
  const url = '/api/v1/inspection/plans/daily';
  const spec = { schedule: '0 8 * * *', timezone: 'Asia/Shanghai', selector: '', checks: [] };

  it('are made by operators; what is left empty means all', async () => {
    expect((await viewer!.ask('PUT', url, { spec, updatedAt: 0 })).statusCode).toBe(403);
    const made = await operator!.ask('PUT', url, { spec, updatedAt: 0 });
    expect(made.json()).toMatchObject({ name: 'daily', spec: { schedule: '0 8 * * *', timezone: 'Asia/Shanghai' } });
    expect(made.json<{ spec: object }>().spec).not.toHaveProperty('checks');
    const { items } = (await viewer!.ask('GET', '/api/v1/inspection/plans')).json<{ items: { nextAt: number }[] }>();
    expect(items[0]?.nextAt).toBeGreaterThan(0);
  });

  it('of two people who change one, the second is told', async () => {
    const [plan] = (await viewer!.ask('GET', '/api/v1/inspection/plans')).json<{ items: { updatedAt: number }[] }>()
      .items;
    const { updatedAt } = plan!;
    const first = await operator!.ask('PUT', url, { spec: { ...spec, keep: 5 }, updatedAt });
    expect(first.statusCode).toBe(200);
    expect((await operator!.ask('PUT', url, { spec, updatedAt })).json()).toMatchObject({ code: 'conflict' });
    expect((await operator!.ask('PUT', url, { spec, updatedAt: 0 })).json()).toMatchObject({ code: 'conflict' });
  });

  it('show when they would run, in their zone, and say what is no schedule', async () => {
    const times = await viewer!.ask('GET', '/api/v1/inspection/plans/times?schedule=0%208%20*%20*%20*&timezone=UTC');
    const { items } = times.json<{ items: number[] }>();
    expect(items).toHaveLength(5);
    expect(items.every((at) => new Date(at).getUTCHours() === 8)).toBe(true);
    const bad = await viewer!.ask('GET', '/api/v1/inspection/plans/times?schedule=tomorrow');
    expect(bad.json()).toMatchObject({ code: 'bad-field', fields: [{ field: 'schedule' }] });
    const refused = await operator!.ask('PUT', '/api/v1/inspection/plans/Bad', { spec, updatedAt: 0 });
    expect(refused.json()).toMatchObject({ code: 'bad-request' });
  });

  it('that are gone are gone once', async () => {
    expect((await operator!.ask('DELETE', url)).statusCode).toBe(204);
    expect((await operator!.ask('DELETE', url)).statusCode).toBe(404);
  });
});

describe('exemptions', () => {
  const url = '/api/v1/inspection/exemptions';
  const wish = { check: 'load', host: 'h1', reason: 'a known fault', days: 7 };

  it('need a reason, an end, and either a host or a selector', async () => {
    const refusals = [
      { ...wish, reason: ' ' },
      { ...wish, days: 366 },
      { ...wish, selector: 'a=b' },
      { ...wish, check: 'none' },
    ].map((bad) => operator!.ask('POST', url, bad));
    for (const answer of await Promise.all(refusals)) expect([400, 422]).toContain(answer.statusCode);
    expect((await viewer!.ask('POST', url, wish)).statusCode).toBe(403);
    expect((await operator!.ask('POST', url, wish)).statusCode).toBe(201);
  });

  it('are ended, and stay in the book', async () => {
    const list = async (all: boolean) =>
      (await viewer!.ask('GET', `${url}?all=${all}`)).json<{ items: object[] }>().items;
    expect(await list(false)).toMatchObject([{ check: 'load', by: 'olaf', inForce: true }]);
    expect((await operator!.ask('POST', `${url}/1/end`)).statusCode).toBe(204);
    expect((await operator!.ask('POST', `${url}/1/end`)).statusCode).toBe(404);
    expect(await list(false)).toEqual([]);
    expect(await list(true)).toMatchObject([{ check: 'load', inForce: false }]);
  });
});
