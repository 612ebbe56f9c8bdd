/** KubeSQL over the embedded control plane, without the command line. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
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

/** The same cluster, seen by who has this token, in namespace `mine`. */
function limited(kubeconfig: string, token: string): string {
  const config = parse(kubeconfig) as { clusters: { name: string }[] };
  const [{ name }] = config.clusters as [{ name: string }];
  return stringify({
    ...config,
    users: [{ name: 'limited', user: { token } }],
    contexts: [{ name: 'limited', context: { cluster: name, user: 'limited', namespace: 'mine' } }],
    'current-context': 'limited',
  });
}

const KEY = fc.constantFrom('app', 'env', 'example.com/tier', 'cores', 'nobody');
const VALUE = fc.constantFrom('a', 'b', 'x-1', '', '7', '12', '007');
const LABELS = fc.dictionary(KEY, VALUE, { maxKeys: 4 });
const REQUIREMENT = fc.oneof(
  fc.tuple(KEY, fc.constantFrom('=', '==', '!='), VALUE).map((parts) => parts.join('')),
  fc
    .tuple(KEY, fc.constantFrom('in', 'notin'), fc.array(VALUE, { minLength: 1, maxLength: 3 }))
    .map(([key, operator, values]) => `${key} ${operator} (${values.join(', ')})`),
  KEY,
  KEY.map((key) => `!${key}`),
  fc.tuple(KEY, fc.constantFrom('>', '<'), fc.integer({ min: 0, max: 15 })).map((parts) => parts.join('')),
);
const SELECTORS = fc.array(REQUIREMENT, { maxLength: 3 }).map((requirements) => requirements.join(','));

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

  it('7 selector() finds what the API server finds by the same text', async () => {
    const create = (name: string, labels: Record<string, string>) =>
      bare.client.create(PODS, {
        metadata: { name, namespace: 'default', labels: { ...labels, seven: '' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      });
    await Promise.all(fc.sample(LABELS, { numRuns: 40, seed: 7 }).map((labels, i) => create(`seven-${i}`, labels)));
    const counted = () => rows("select count(*) from pods where selector(labels, 'seven')");
    await expect.poll(counted, { timeout: 60_000 }).toEqual([[40n]]);
    for (const labelSelector of fc.sample(SELECTORS, { numRuns: 500, seed: 7 })) {
      const { items } = await bare.client.list(PODS, { namespace: 'default', labelSelector });
      const found = await rows(`select name from pods where selector(labels, '${labelSelector}') order by name`);
      expect(found.flat(), labelSelector).toEqual(items.map(({ metadata }) => metadata.name).sort());
    }
  }, 120_000);

  it('31 shows to who may list in some namespaces only what is there, and says what is missing', async () => {
    const make = (path: string, body: object) =>
      bare.client.request('POST', path, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/mine';
    await make('/api/v1/namespaces', { metadata: { name: 'mine' } });
    await make('/api/v1/namespaces/mine/serviceaccounts', { metadata: { name: 'limited' } });
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }];
    await make(`${rbac}/roles`, { metadata: { name: 'pods' }, rules });
    await make(`${rbac}/rolebindings`, {
      metadata: { name: 'pods' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' },
      subjects: [{ kind: 'ServiceAccount', name: 'limited', namespace: 'mine' }],
    });
    const { body } = await make('/api/v1/namespaces/mine/serviceaccounts/limited/token', { spec: {} });
    const { token } = (JSON.parse(Buffer.from(body).toString()) as { status: { token: string } }).status;
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    await bare.client.create(PODS, { metadata: { name: 'seen', namespace: 'mine' }, spec });
    const directory = mkdtempSync(join(tmpdir(), 'jdos-sql-limited-'));
    const kubeconfig = join(directory, 'kubeconfig');
    writeFileSync(kubeconfig, limited(readFileSync(bare.kubeconfig, 'utf8'), token), { mode: 0o600 });
    const own = await KubeSql.start({ clusters: [{ name: 'limited', kubeconfig }], only: ['pods', 'nodes'] });
    try {
      const ask = async (text: string) => {
        const answer = await own.ask({ sql: text, user: 'tester', grants: 'everything' });
        return { rows: (await Array.fromAsync(answer.rows())).flat(), notices: answer.notices.map((n) => n.message) };
      };
      await expect
        .poll(() => ask('select namespace, name from pods'), { timeout: 60_000 })
        .toEqual({
          rows: [['mine', 'seen']],
          notices: ['table pods__core of cluster limited shows mine only: listing other namespaces is forbidden'],
        });
      expect(await ask('select * from nodes')).toMatchObject({
        rows: [],
        notices: [expect.stringContaining('listing is forbidden')],
      });
      await bare.client.create(PODS, { metadata: { name: 'new', namespace: 'mine' }, spec });
      await expect.poll(async () => (await ask('select name from pods')).rows, { timeout: 60_000 }).toHaveLength(2);
      const status = 'select namespace, state from tables_status order by table_name, namespace';
      expect((await ask(status)).rows).toEqual([
        ['', 'forbidden'],
        ['', 'forbidden'],
        ['mine', 'live'],
      ]);
    } finally {
      await own.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  }, 120_000);

  it('17 says so when it asks a table that is not followed', async () => {
    const { notices } = await sql.ask({ sql: 'select * from leases', user: 'tester', grants: 'everything' });
    expect(notices.map(({ message }) => message)).toEqual([
      'table leases__coordination_k8s_io of cluster here is empty: it is not followed',
    ]);
  });

  it('20 fills its tables again after the engine was killed', async () => {
    expect(await rows("select name from pods where name = 'a'")).toEqual([['a']]);
    const killed = sql.enginePid!;
    process.kill(killed, 'SIGKILL');
    const again = () => rows("select name from pods where name = 'a'").catch((error: unknown) => String(error));
    await expect.poll(again, { timeout: 30_000 }).toEqual([['a']]);
    expect(sql.enginePid).not.toBe(killed);
  });
});
