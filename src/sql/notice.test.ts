import { expect, it } from 'vitest';
import { KubeSql } from './kube-sql.ts';
import { TestStore } from './store.testing.ts';

it('52 an EXPLAIN tells how fresh its tables are, as the query would', async () => {
  const store = await TestStore.start();
  try {
    const table = store.source.tables[0]!.name;
    const status = { cluster: 'far', table, namespace: '', rows: 0, resourceVersion: '', documents: '' };
    const stale = { ...status, state: 'stale' as const, lastEvent: Date.now() - 90_000, error: 'connection refused' };
    const statusesOf = (of: string) => (of === table ? [stale] : []);
    const sql = new KubeSql(store.engine, { ...store.source, statusesOf });
    const notices = async (text: string) => {
      const answer = await sql.ask({ sql: text, user: 'tester', grants: 'everything' });
      await Array.fromAsync(answer.rows());
      return answer.notices.map(({ message }) => message);
    };
    const expected = [expect.stringMatching(/^table pods__core of cluster far is \d+ s old: connection refused$/)];
    expect(await notices('select count(*) from pods')).toEqual(expected);
    expect(await notices('explain select count(*) from pods')).toEqual(expected);
    expect(await notices('explain select count(*) from nodes')).toEqual([]);
  } finally {
    await store.stop();
  }
});
