import { expect, it } from 'vitest';
import { KubeSql } from '../kube-sql.ts';
import { TestStore } from '../store.testing.ts';
import { count, text } from '../tables/index.ts';
import { ownSource } from './own-tables.ts';

it('queries and scopes tell who asks what, and within which rights', async () => {
  const store = await TestStore.start();
  try {
    await store.rows('select 1', { user: 'ann' });
    await store.refusal('select nosuch from pods', { user: 'bob', grants: () => 'all' });
    const early = await store.sql.ask({ sql: 'select * from range(10000)', user: 'eve', grants: 'everything' });
    for await (const _ of early.rows()) break;
    expect(await store.rows('select user_name, query, state, rows, error from queries order by id')).toEqual([
      ['ann', 'select 1', 'done', 1, null],
      ['bob', 'select nosuch from pods', 'failed', 0, expect.stringMatching(/^42703 /)],
      ['eve', 'select * from range(10000)', 'given up', 2048, null],
      ['tester', 'select user_name, query, state, rows, error from queries order by id', 'running', 0, null],
    ]);
    expect(await store.rows('select everything, users from scopes order by 1')).toEqual([
      [false, ['bob']],
      [true, ['ann', 'eve', 'tester']],
    ]);
    expect(await store.refusal('select * from queries', { grants: () => 'all' })).toMatchObject({ code: '42501' });
  } finally {
    await store.stop();
  }
});

it('tables of JDOS have the rows that are told when somebody asks, and only who sees everything sees them', async () => {
  const store = await TestStore.start();
  try {
    let asked = 0;
    const hosts = ownSource<{ host: string; faults: number }>({
      name: 'hosts',
      doc: 'Hosts',
      read: async () => {
        asked++;
        return [
          { host: 'h1', faults: 2 },
          { host: 'h2', faults: 0 },
        ];
      },
      columns: [text('host', 'name', (row) => row.host), count('faults', 'faults', (row) => row.faults)],
    });
    const sql = new KubeSql(store.engine, store.source, { own: [hosts] });
    const ask = async (text: string, grants: Parameters<KubeSql['ask']>[0]['grants'] = 'everything') => {
      const answer = await sql.ask({ sql: text, user: 'tester', grants });
      return (await Array.fromAsync(answer.rows())).flat();
    };
    expect(await ask('select 1')).toEqual([[1]]);
    expect(asked).toBe(0);
    expect(await ask('select host from jdos.hosts where faults > 0')).toEqual([['h1']]);
    expect(await ask('select count(*) from jdos.hosts h left join nodes n on n.name = h.host')).toEqual([[2n]]);
    expect(asked).toBe(1);
    await expect(ask('select * from jdos.hosts', () => 'all')).rejects.toMatchObject({ code: '42501' });
  } finally {
    await store.stop();
  }
});
