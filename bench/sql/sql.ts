/**
 * KubeSQL at size: first load from LIST pages, queries, a console's lists, changes taken in while a client asks, how soon
 * a change is seen, and memory.
 *
 *   node bench/sql/sql.ts [queries lists changes lag steady memory] [--pods 1000000] [--nodes 10000] [--seconds 20]
 *
 * `steady` is 10,000 changes a second beside four clients; with `--seconds 300` it is the five minutes of case 13.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { KubeSql } from '../../src/sql/index.ts';
import { configOf } from './kubeconfig.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pods: { type: 'string', default: '1000000' },
    nodes: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
  },
});
const parts = positionals.length > 0 ? positionals : ['memory', 'queries', 'lists', 'lag', 'changes', 'memory'];
const seconds = Number(values.seconds);
/** Changes that are made ready before they are counted; they come again and again, of so many Pods. */
const READY = 50_000;

interface Asked {
  readonly sql: string;
  readonly reach: string;
}

const QUERIES: Readonly<Record<string, Asked>> = {
  'group by node': {
    sql: 'select node_name, count(*), sum(cpu_request) from pods group by 1 order by 3 desc limit 20',
    reach: '<= 40 ms',
  },
  'join for free CPU': {
    sql: `select n.name, n.cpu_allocatable - p.used as free from nodes n
      join (select node_name, sum(cpu_request) as used from pods group by 1) p on p.node_name = n.name order by 2 desc limit 20`,
    reach: '<= 120 ms',
  },
  'two-label filter': {
    sql: "select count(*) from pods where labels['app'] = 'app-7' and labels['env'] = 'prod'",
    reach: '<= 120 ms',
  },
  'top 20 by restarts': {
    sql: 'select namespace, name, restart_count from pods order by restart_count desc limit 20',
    reach: '<= 20 ms',
  },
};

const ROW = 'namespace, name, phase, node_name, restart_count, pod_ip, age';
/** Pages as a console asks for them. */
const LISTS: Readonly<Record<string, string>> = {
  'first page': `select ${ROW} from pods order by namespace, name limit 50`,
  'a page far on': `select ${ROW} from pods where (namespace, name) > ('ns-150', 'app-1') order by namespace, name limit 50`,
  'search in names': `select ${ROW} from pods where name like '%17-00%' order by namespace, name limit 50`,
  'by label': `select ${ROW} from pods where labels['app'] = 'app-7' order by namespace, name limit 50`,
  'counts by phase': 'select phase, count(*) from pods group by 1',
  'hosts with their Pods': `select n.name, n.ready, count(p.uid) as pods, sum(p.cpu_request) as cpu from nodes n
    left join pods p on p.node_name = n.name group by 1, 2 order by 1 limit 50`,
};

const directory = mkdtempSync(join(tmpdir(), 'jdos-bench-sql-'));
const served = [join(import.meta.dirname, 'cluster.ts'), values.pods, values.nodes];
const cluster = spawn(process.execPath, served, { stdio: ['ignore', 'pipe', 'inherit'] });
const address = String((await once(cluster.stdout, 'data'))[0]).trim();
const kubeconfig = join(directory, 'kubeconfig');
writeFileSync(kubeconfig, JSON.stringify(configOf(address)));
const loading = performance.now();
const sql = await KubeSql.start({
  clusters: [{ name: 'bench', kubeconfig }],
  memoryLimit: '4GB',
  patienceMs: 600_000,
  onTrouble: (text) => process.stderr.write(`${text}\n`),
});
try {
  const [[count]] = (await rows('select count(*) from pods')) as [[bigint]];
  const took = (performance.now() - loading) / 1000;
  print('first load from LIST pages', `${count} Pods in ${took.toFixed(1)} s`, '<= 90 s for 1,000,000');
  print('  processor', processorSince([0, 0, 0], Number(count)), '');
  for (const part of parts) await PARTS()[part]?.();
} finally {
  await sql.stop();
  cluster.kill();
  rmSync(directory, { recursive: true, force: true });
}

function PARTS(): Readonly<Record<string, () => Promise<void> | void>> {
  return { queries, lists, changes, lag, steady, memory };
}

async function queries(): Promise<void> {
  for (const [name, { sql: text, reach }] of Object.entries(QUERIES)) {
    const times = await timed(text, 9);
    print(name, `median ${at(times, 0.5)} ms (${at(times, 0)} to ${at(times, 1)})`, reach);
  }
}

async function lists(): Promise<void> {
  for (const [name, text] of Object.entries(LISTS)) {
    const times = await timed(text, 40);
    print(`list: ${name}`, `p50 ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms`, 'p95 <= 200 ms at 100,000');
  }
}

/** As many changes as are taken, while one client asks again and again. */
async function changes(): Promise<void> {
  const count = 10_000 * seconds;
  await fetch(`${address}/prepare?count=${READY}`);
  const [times, seen, stop] = [[] as number[], { torn: 0 }, { now: false }];
  const asking = askOn(times, seen, stop);
  const [begin, before] = [performance.now(), processor()];
  await until(await change(count));
  const took = (performance.now() - begin) / 1000;
  const used = processorSince(before, count);
  stop.now = true;
  await asking;
  times.sort((a, b) => a - b);
  print('changes while a client asks', `${Math.round(count / took)}/s`, '>= 15,000/s');
  print('  processor', used, '');
  const answered = `p50 ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms, torn ${seen.torn} of ${times.length}`;
  print('its queries meanwhile', answered, 'none torn');
}

/** Every Pod has two containers and changes with them: who sees half a batch sees other sums. */
async function askOn(times: number[], seen: { torn: number }, stop: { now: boolean }, user = 'bench'): Promise<void> {
  const text = `select (select count(*) from pods) * 2 = (select count(*) from containers)
    and (select sum(restart_count) from pods) = (select sum(restart_count) from containers)`;
  while (!stop.now) {
    const begin = performance.now();
    const [[whole]] = (await rows(text, user)) as [[boolean]];
    times.push(performance.now() - begin);
    if (!whole) seen.torn++;
  }
}

async function lag(): Promise<void> {
  print('change seen, at 1,000 changes/s', seenAfter(await lagsAt(1000)), 'p99 <= 1 s');
}

async function steady(): Promise<void> {
  const [times, seen, stop] = [[] as number[], { torn: 0 }, { now: false }];
  const asking = Array.from({ length: 4 }, (_, i) => askOn(times, seen, stop, `client ${i}`));
  const lags = await lagsAt(10_000);
  stop.now = true;
  await Promise.all(asking);
  times.sort((a, b) => a - b);
  print('change seen, at 10,000 changes/s', seenAfter(lags), 'p99 <= 2 s (4 cores)');
  const answered = `p50 ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms, torn ${seen.torn} of ${times.length}`;
  print("four clients' queries meanwhile", answered, 'p95 <= 1 s (4 cores), none torn');
}

/** For as long as was asked for, how long a change takes to be seen among so many a second. */
async function lagsAt(perSecond: number): Promise<number[]> {
  await fetch(`${address}/prepare?count=${READY}`);
  const running = fetch(`${address}/change?count=${perSecond * seconds}&rate=${perSecond}`);
  const lags: number[] = [];
  const end = performance.now() + (seconds - 2) * 1000;
  while (performance.now() < end) {
    const version = await change(1);
    const begin = performance.now();
    await until(version);
    lags.push(performance.now() - begin);
  }
  await running;
  return lags.sort((a, b) => a - b);
}

function seenAfter(lags: readonly number[]): string {
  return `p50 ${at(lags, 0.5)} ms, p99 ${at(lags, 0.99)} ms (${lags.length} looks)`;
}

async function memory(): Promise<void> {
  const [own, engine] = [residentMb(process.pid), residentMb(sql.enginePid!)];
  print('memory of service and engine', `${own} + ${engine} = ${own + engine} MB`, '<= 2 GB');
}

/** Answers the version after which all of it is there. */
async function change(count: number): Promise<number> {
  const answer = await fetch(`${address}/change?count=${count}`);
  return ((await answer.json()) as { version: number }).version;
}

async function until(version: number): Promise<void> {
  for (;;) {
    const [[newest]] = (await rows('select max(resource_version::bigint) from pods')) as [[bigint]];
    if (Number(newest) >= version) return;
  }
}

async function timed(text: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await rows(text);
    times.push(performance.now() - begin);
  }
  return times.sort((a, b) => a - b);
}

async function rows(text: string, user = 'bench'): Promise<unknown[][]> {
  const answer = await sql.ask({ sql: text, user, grants: 'everything' });
  return (await Array.fromAsync(answer.rows())).flat() as unknown[][];
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);
}

/** Of the service, the engine and the cluster that is played, in microseconds. */
function processor(): number[] {
  return [process.pid, sql.enginePid!, cluster.pid!].map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  });
}

function processorSince(before: readonly number[], count: number): string {
  const [own, engine, server] = processor().map((now, i) => ((now - before[i]!) / count).toFixed(0));
  return `service ${own}, engine ${engine}, cluster ${server} us each`;
}

function residentMb(pid: number): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
}

function print(what: string, figure: string, reach: string): void {
  process.stdout.write(`${what.padEnd(34)} ${figure.padEnd(46)} ${reach && `reach: ${reach}`}\n`);
}
