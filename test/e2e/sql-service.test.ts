/** KubeSQL over the embedded control plane, without the command line. */
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PODS } from '../../src/kube/index.ts';
import { KubeSql } from '../../src/sql/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';

let bare: BarePlane;
let sql: KubeSql;
beforeAll(async () => {
  bare = await startBarePlane(['n1']);
  await bare.client.create(PODS, {
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  });
  sql = await KubeSql.start({ clusters: [{ name: 'here', kubeconfig: bare.kubeconfig }] });
});
afterAll(async () => {
  await sql.stop();
  await bare.stop();
});

async function rows(text: string): Promise<unknown[][]> {
  const answer = await sql.ask({ sql: text, user: 'tester', grants: 'everything' });
  return (await Array.fromAsync(answer.rows())).flat() as unknown[][];
}

describe('KubeSQL', () => {
  it('2 has a table, and a line in tables_status, for everything that can be listed and watched', async () => {
    const answer = await bare.client.request('GET', '/api/v1');
    const { resources } = JSON.parse(Buffer.from(answer.body).toString()) as {
      resources: { name: string; verbs: string[] }[];
    };
    const watched = resources.filter(
      ({ name, verbs }) => !name.includes('/') && verbs.includes('list') && verbs.includes('watch'),
    );
    const known = (await rows('select table_name from tables_status')).flat();
    expect(known.length).toBeGreaterThan(watched.length);
    for (const { name } of watched) {
      const table = known.find((one) => String(one).replaceAll('_', '').startsWith(`${name}core`));
      expect(table, name).toBeDefined();
      expect((await rows(`select count(*) from ${String(table)}`)).length).toBe(1);
    }
  });

  it('17 says so when it asks a table that is not followed', async () => {
    const { notices } = await sql.ask({ sql: 'select * from leases', user: 'tester', grants: 'everything' });
    expect(notices.map(({ message }) => message)).toEqual([
      'table leases__coordination_k8s_io of cluster here is empty: it is not followed',
    ]);
  });

  it('20 fills its tables again after the engine was killed', async () => {
    expect(await rows('select name from pods')).toEqual([['a']]);
    const killed = sql.enginePid!;
    process.kill(killed, 'SIGKILL');
    const again = () => rows('select name from pods').catch((error: unknown) => String(error));
    await expect.poll(again, { timeout: 30_000 }).toEqual([['a']]);
    expect(sql.enginePid).not.toBe(killed);
  });
});
