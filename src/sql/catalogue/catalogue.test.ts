import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Catalogue } from './catalogue.ts';

const catalogue = new Catalogue({ cache: join(tmpdir(), 'jdos-test-catalogue.tar.gz'), timeoutMs: 2000 });
afterAll(() => catalogue.stop());

/** A simple query of PostgreSQL's protocol. */
function query(sql: string): Buffer {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const ask = (sql: string) => catalogue.ask('one table', () => 'CREATE SCHEMA IF NOT EXISTS k8s', query(sql));

it('47 a question on which the catalogue hangs ends it, and the next is answered by a new one', async () => {
  expect((await ask("select nspname from pg_namespace where nspname = 'k8s'")).toString('latin1')).toContain('k8s');
  await expect(ask('select count(*) from generate_series(1, 1000000000000)')).rejects.toMatchObject({ code: '57014' });
  expect((await ask("select nspname from pg_namespace where nspname = 'k8s'")).toString('latin1')).toContain('k8s');
}, 60_000);
