import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SqlQuestion } from './contract/sql.ts';
import { Problem } from './problem.ts';
import { openTestServer, type Person, type TestServer } from './server.testing.ts';

const asked: { readonly question: SqlQuestion; readonly by: string }[] = [];
let server: TestServer;
let viewer: Person;
beforeAll(async () => {
  const sql = {
    async ask(question: SqlQuestion, { name }: { name: string }) {
      asked.push({ question, by: name });
      if (question.sql === 'wrong')
        throw new Problem('sql-wrong', { detail: 'there is no such table', sql: { state: '42P01', position: 1 } });
      return pieces();
    },
    tables: async () => [
      { schema: 'k8s', name: 'pods', doc: 'Pods', alias: false, columns: [], state: 'live' as const },
    ],
  };
  server = await openTestServer({ sql });
  viewer = await server.signedIn('ann', 'viewer');
});
afterAll(() => server[Symbol.asyncDispose]());

async function* pieces(): AsyncGenerator<string> {
  yield '{"columns":[],"notices":[]}\n';
  yield '{"rows":0}\n';
}

it('a question is asked as who is signed in, and answered as it comes', async () => {
  const answer = await viewer.ask('POST', '/api/v1/sql', { sql: 'select 1' });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  expect(answer.body).toBe('{"columns":[],"notices":[]}\n{"rows":0}\n');
  expect(asked).toEqual([{ question: { sql: 'select 1', as: 'lines', most: 1000 }, by: 'ann' }]);
  const csv = await viewer.ask('POST', '/api/v1/sql', { sql: 'select 1', as: 'csv' });
  expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
});

it('a refusal names its SQLSTATE and the place; what is no question is refused before it is asked', async () => {
  const refused = await viewer.ask('POST', '/api/v1/sql', { sql: 'wrong' });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ code: 'sql-wrong', sql: { state: '42P01', position: 1 } });
  const before = asked.length;
  for (const body of [{}, { sql: 7 }, { sql: 'select 1', most: 0 }, { sql: 'x'.repeat(200_001) }])
    expect((await viewer.ask('POST', '/api/v1/sql', body)).json()).toMatchObject({ code: 'bad-field' });
  expect(asked.length).toBe(before);
});

it('tells the tables that there are to ask of', async () => {
  const { tables } = (await viewer.ask('GET', '/api/v1/sql/tables')).json<{ tables: { name: string }[] }>();
  expect(tables.map(({ name }) => name)).toEqual(['pods']);
});
