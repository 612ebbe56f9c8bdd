import { expect, it } from 'vitest';
import { KubeSql } from '../kube-sql.ts';
import { TestStore } from '../store.testing.ts';
import { count, text } from '../tables/index.ts';
import { ownSource } from './own-tables.ts';

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
