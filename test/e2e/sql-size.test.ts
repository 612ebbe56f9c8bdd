/** KubeSQL over a cluster of many Pods that change all the time. At full size it is `node bench/sql/sql.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configOf } from '../../bench/sql/kubeconfig.ts';
import { KubeSql } from '../../src/sql/index.ts';
import { eventually, ROOT } from './harness.ts';

const [PODS, NODES, CHANGES, CLIENTS] = [10_000, 200, 10_000, 4];
const directory = mkdtempSync(join(tmpdir(), 'jdos-sql-size-'));
let cluster: ChildProcess;
let sql: KubeSql;
let address = '';

beforeAll(async () => {
  const args = [join(ROOT, 'bench/sql/cluster.ts'), String(PODS), String(NODES)];
  cluster = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  address = String((await once(cluster.stdout!, 'data'))[0]).trim();
  const kubeconfig = join(directory, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(configOf(address)));
  sql = await KubeSql.start({ clusters: [{ name: 'size', kubeconfig }], patienceMs: 120_000 });
});
afterAll(async () => {
  await sql?.stop();
  cluster?.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function row(text: string): Promise<unknown[]> {
  const answer = await sql.ask({ sql: text, user: 'size', grants: 'everything' });
  return (await Array.fromAsync(answer.rows())).flat()[0] as unknown[];
}

it('1 every Pod of a list that comes in pages can be asked, with its containers and conditions', async () => {
  const counts = 'count(*), count(distinct uid), count(distinct (namespace, name))';
  const [pods, parts] = [BigInt(PODS), 'select count(*), count(distinct pod_uid) from'];
  expect(await row(`select ${counts} from pods`)).toEqual([pods, pods, pods]);
  expect(await row(`${parts} containers`)).toEqual([2n * pods, pods]);
  expect(await row(`${parts} pod_conditions`)).toEqual([4n * pods, pods]);
  const joined = 'select count(*) from containers c join pods p on p.uid = c.pod_uid and p.name = c.pod_name';
  expect(await row(`${joined} and p.namespace = c.namespace and p.node_name is not distinct from c.node_name`)).toEqual(
    [2n * pods],
  );
});

/** Each Pod has two containers and changes with them: who sees half a change sees other sums. */
const LOOK = `select count(*), (select count(*) from containers), max(resource_version::bigint),
  sum(restart_count) = (select sum(restart_count) from containers) from pods`;

it('13 changes by the thousand are taken in while clients ask, none of whom sees less than before, or half a change', async () => {
  const stop = { now: false };
  const clients = Array.from({ length: CLIENTS }, async () => {
    const seen: unknown[][] = [];
    while (!stop.now) seen.push(await row(LOOK));
    return seen;
  });
  const { version } = (await (await fetch(`${address}/change?count=${CHANGES}`)).json()) as { version: number };
  const newest = async () => (await row('select max(resource_version::bigint) from pods'))[0];
  await eventually(newest, (seen) => seen === BigInt(version), { what: 'the last change' });
  stop.now = true;
  for (const seen of await Promise.all(clients)) {
    const versions = seen.map(([, , at]) => at as bigint);
    expect(versions).toEqual(versions.toSorted((a, b) => (a < b ? -1 : Number(a > b))));
    for (const [pods, containers, , whole] of seen)
      expect([pods, containers, whole]).toEqual([BigInt(PODS), 2n * BigInt(PODS), true]);
  }
});
