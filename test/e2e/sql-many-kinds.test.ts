/** KubeSQL over a cluster that is only lists: of very many kinds. JDOS_KINDS=2000 says how many. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KubeSql } from '../../src/sql/index.ts';

const MANY = Number(process.env.JDOS_KINDS ?? 500);
const directory = mkdtempSync(join(tmpdir(), 'jdos-sql-kinds-'));
const server = createServer((request, response) => answer(new URL(request.url ?? '/', 'http://x'), response));
let sql: KubeSql;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, configOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  sql = await KubeSql.start({ clusters: [{ name: 'many', kubeconfig }], patienceMs: 120_000 });
});
afterAll(async () => {
  await sql.stop();
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

function definition(i: number): object {
  const names = { kind: `Thing${i}`, plural: `thing${i}s` };
  const versions = [{ name: 'v1', served: true, storage: true }];
  return {
    metadata: { name: `${names.plural}.example.com`, uid: `u${i}`, resourceVersion: '1' },
    spec: { group: 'example.com', scope: 'Cluster', names, versions },
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  };
}

/** Lists in one page; watches that never tell anything; no streamed lists. */
function answer({ pathname, searchParams }: URL, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  if (searchParams.get('sendInitialEvents')) return void response.writeHead(422).end(NO_STREAM);
  if (searchParams.get('watch')) response.flushHeaders();
  else response.end(JSON.stringify(bodyOf(pathname)));
}

function bodyOf(path: string): object {
  if (path === '/api')
    return { items: [{ metadata: { name: '' }, versions: [{ version: 'v1', resources: [NODES] }] }] };
  if (path === '/apis') return { items: [] };
  const metadata = { resourceVersion: '1' };
  if (path.endsWith('/customresourcedefinitions'))
    return { metadata, items: Array.from({ length: MANY }, (_, i) => definition(i)) };
  return { metadata, items: [{ metadata: { name: 'one', uid: path, resourceVersion: '1' }, spec: { path } }] };
}

const NODES = { resource: 'nodes', responseKind: { kind: 'Node' }, scope: 'Cluster', verbs: ['list', 'watch'] };
const NO_STREAM = JSON.stringify({ kind: 'Status', reason: 'Invalid', code: 422, message: 'no streams' });

function configOf(address: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'many', cluster: { server: address } }],
    users: [{ name: 'many', user: {} }],
    contexts: [{ name: 'many', context: { cluster: 'many', user: 'many' } }],
    'current-context': 'many',
  });
}

async function rows(text: string): Promise<unknown[][]> {
  const { rows: parts } = await sql.ask({ sql: text, user: 'tester', grants: 'everything' });
  return (await Array.fromAsync(parts())).flat() as unknown[][];
}

it('5 of very many kinds none is missing', async () => {
  const live = () => sql.statuses().filter(({ state }) => state === 'live').length;
  await expect.poll(live, { timeout: 200_000 }).toBe(MANY + 1);
  expect(await rows("select count(*) from tables_status where state = 'live'")).toEqual([[BigInt(MANY + 1)]]);
  expect(sql.kinds()).toHaveLength(MANY + 1);
  expect(await rows(`select spec->>'path' from thing${MANY - 1}s`)).toEqual([
    [`/apis/example.com/v1/thing${MANY - 1}s`],
  ]);
}, 240_000);
