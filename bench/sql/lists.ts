/**
 * The console's lists as its server answers them, from request to answer, over live tables of 100,000 Pods.
 *
 *   node bench/sql/lists.ts [--pods 100000] [--nodes 2000] [--times 40]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { LiveTables } from '../../src/server/index.ts';
import { openTestServer } from '../../src/server/server.testing.ts';
import { exact, KubeSql } from '../../src/sql/index.ts';
import { configOf } from './kubeconfig.ts';

const { values } = parseArgs({
  options: {
    pods: { type: 'string', default: '100000' },
    nodes: { type: 'string', default: '2000' },
    times: { type: 'string', default: '40' },
  },
});
const times = Number(values.times);

/** As people use them: the first page, a page far on, each way of sorting, words, filters, nothing found. */
const ASKED = [
  'pods',
  'pods?page=4000&pageSize=20',
  'pods?pageSize=500',
  'pods?sort=-restarts',
  'pods?sort=-cpuRequest',
  'pods?sort=createdAt',
  'pods?search=app-7',
  'pods?search=node-17%20ns-1',
  'pods?search=10.0.0.1',
  'pods?search=nothing-is-called-that',
  'pods?filter=phase:Pending',
  'pods?filter=namespace:ns-7&filter=namespace:ns-8&sort=-memoryRequest',
  'pods?filter=node:node-3&search=app',
  'hosts',
  'hosts?sort=-cpuShare',
  'hosts?search=node-19&sort=-pods',
  'hosts?filter=zone:z3&filter=ready:true&page=5',
  'hosts?pageSize=500&sort=-memoryShare',
  'pending',
  'pending?search=app-7&sort=-cpuRequest',
  'applications',
  'applications?filter=namespace:ns-7&sort=-missing',
  'applications?search=app-17',
];

const directory = mkdtempSync(join(tmpdir(), 'jdos-bench-lists-'));
const played = [join(import.meta.dirname, 'cluster.ts'), values.pods, values.nodes];
const cluster = spawn(process.execPath, played, { stdio: ['ignore', 'pipe', 'inherit'] });
const address = String((await once(cluster.stdout, 'data'))[0]).trim();
const kubeconfig = join(directory, 'kubeconfig');
writeFileSync(kubeconfig, JSON.stringify(configOf(address)));
const sql = await KubeSql.start({ clusters: [{ name: 'bench', kubeconfig }], patienceMs: 600_000 });

const tables: LiveTables = {
  async rows(text, parameters, reader, signal) {
    const answer = await sql.ask({ sql: text, parameters, user: reader.name, grants: 'everything', signal });
    const all = (await Array.fromAsync(answer.rows())).flat();
    return all.map((row) =>
      Object.fromEntries(answer.columns.map(({ name }, i) => [name, exact(name, row[i] ?? null)])),
    );
  },
  names: async () => new Set((await sql.visible('everything')).map(({ name }) => name)),
  ageSeconds: async () => 0,
};

try {
  const counts = ['pods', 'nodes', 'deployments'].map((table) => `(select count(*) from ${table})`);
  await tables.rows(`select ${counts.join(' + ')} as objects`, [], reader(), new AbortController().signal);
  await using server = await openTestServer({ tables });
  const person = await server.signedIn('ann', 'viewer');
  const all: number[] = [];
  for (const asked of ASKED) {
    const seen: number[] = [];
    let size = 0;
    for (let i = 0; i < times; i++) {
      const begin = performance.now();
      const answer = await person.ask('GET', `/api/v1/lists/${asked}`);
      seen.push(performance.now() - begin);
      if (answer.statusCode !== 200) throw new Error(`${asked}: ${answer.body}`);
      size = answer.json<{ total: number }>().total;
    }
    all.push(...seen);
    print(asked, seen, `${size} in all`);
  }
  print('all of them', all, 'reach: p95 <= 200 ms');
} finally {
  await sql.stop();
  cluster.kill();
  rmSync(directory, { recursive: true, force: true });
}

function reader(): Parameters<LiveTables['rows']>[2] {
  return { name: 'bench' } as Parameters<LiveTables['rows']>[2];
}

function print(what: string, seen: number[], more: string): void {
  const sorted = seen.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1);
  process.stdout.write(`${what.padEnd(72)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms   ${more}\n`);
}
