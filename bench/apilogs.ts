/**
 * Audit logs into Parquet, and all reports over many of them. `node bench/apilogs.ts [--mb 1060] [--copies 40]`: so much text
 * is made and taken in (a million events), then counted so many times over for the reports. Percentiles of the whole are
 * compared with an independent reckoning. jq counts users in a tenth of the text; Spark answers the same reports if
 * ./check spark has installed it.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, linkSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { parseArgs } from 'node:util';
import {
  AuditQuery,
  AuditStore,
  fileSource,
  Importer,
  reports,
  reportsNamed,
  writeHandOver,
} from '../src/apilogs/index.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: { mb: { type: 'string', default: '1060' }, copies: { type: 'string', default: '40' } },
});
const base = mkdtempSync(join(tmpdir(), 'jdos-bench-apilogs-'));
const log = join(base, 'audit.log');
const dir = join(base, 'store');
/** Microseconds of all requests that the report has, by its first column. */
const latencies = new Map<string, number[]>();
try {
  const lines = makeLog(log, Number(values.mb) * 1e6);
  const rate = await takeIn();
  against('jq, users counted', jqRate(), rate, 'MB/s');
  await checkPercentiles(lines);
  copyEvents(Number(values.copies));
  const seconds = await answer();
  const spark = sparkSeconds();
  if (spark !== undefined)
    console.log(`Spark local, the same reports: ${spark.toFixed(1)} s, ratio ${(spark / seconds).toFixed(1)}`);
  console.log(`${lines} lines made; events counted ${values.copies} times`);
} finally {
  rmSync(base, { recursive: true, force: true });
}

async function takeIn(): Promise<number> {
  await using importer = await Importer.open({ dir });
  const [source, begin] = [await fileSource(log), performance.now()];
  const { events, rejected } = await importer.import([source]);
  const rate = statSync(log).size / 1e3 / (performance.now() - begin);
  const packed = importer.store.ledger.files().reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(
    `import: ${rate.toFixed(0)} MB/s, ${events} events, ${rejected} rejected, ${(statSync(log).size / packed).toFixed(1)} times smaller`,
  );
  return rate;
}

async function checkPercentiles(lines: number): Promise<void> {
  await using query = await AuditQuery.open(dir);
  const [latency] = reportsNamed(['latency']);
  const { rows } = await query.report(latency!, { top: 1000 });
  const found = new Map(rows.map(([what, ...figures]) => [String(what), figures.map(Number)]));
  const wrong = [...latencies].filter(([what, all]) => String(figuresOf(all)) !== String(found.get(what)));
  if (wrong.length > 0 || found.size !== latencies.size)
    throw new Error(`percentiles differ: ${JSON.stringify(wrong[0]?.[0])}`);
  console.log(`p50, p90, p99 of ${lines} events in ${found.size} groups: equal to an independent reckoning`);
}

function figuresOf(all: number[]): number[] {
  const sorted = Float64Array.from(all).sort();
  const at = (share: number) => {
    const place = (sorted.length - 1) * share;
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return Math.floor(low + (high - low) * (place - Math.floor(place)) + 0.5);
  };
  return [sorted.length, at(0.5), at(0.9), at(0.99), sorted.at(-1)!];
}

/** The same files again under other names, so that many events need no hour of making. */
function copyEvents(copies: number): void {
  using store = AuditStore.open(dir);
  const files = store.ledger.files();
  for (let copy = 1; copy < copies; copy++) {
    const again = files.map((file) => ({ ...file, name: file.name.replace('.parquet', `-${copy}.parquet`) }));
    for (const [i, { name }] of again.entries()) linkSync(join(dir, files[i]!.name), join(dir, name));
    store.ledger.commit({ files: again, marks: [], rejects: [], lines: 0, events: 0, duplicates: 0, rejected: 0 });
  }
}

async function answer(): Promise<number> {
  await using query = await AuditQuery.open(dir, { memoryLimit: '8GB' });
  const begin = performance.now();
  for (const report of reports()) {
    const start = performance.now();
    await query.report(report);
    console.log(`  ${report.name.padEnd(22)} ${((performance.now() - start) / 1000).toFixed(2)} s`);
  }
  const seconds = (performance.now() - begin) / 1000;
  console.log(`${reports().length} reports over ${query.extent().events} events: ${seconds.toFixed(1)} s`);
  return seconds;
}

function jqRate(): number | undefined {
  const part = join(base, 'part.log');
  const size = Math.floor(statSync(log).size / 10);
  const [from, to, block] = [openSync(log, 'r'), openSync(part, 'w'), Buffer.alloc(size)];
  readSync(from, block, 0, size, 0);
  writeSync(to, block.subarray(0, block.lastIndexOf(10) + 1));
  for (const file of [from, to]) closeSync(file);
  const begin = performance.now();
  const { status } = spawnSync('sh', ['-c', `jq -r .user.username ${part} | sort | uniq -c | sort -rn | head -20`]);
  return status === 0 ? size / 1e3 / (performance.now() - begin) : undefined;
}

function sparkSeconds(): number | undefined {
  const python = join(dirname(import.meta.dirname), '.cache/spark/bin/python3');
  if (!existsSync(python)) return undefined;
  const work = join(base, 'spark');
  writeHandOver(work, { engine: 'spark', reports: reports(), events: join(dir, 'events') });
  const small =
    '--master local[2] --driver-memory 6g --conf spark.sql.shuffle.partitions=4 --conf spark.ui.enabled=false pyspark-shell';
  const env = { ...process.env, SPARK_LOCAL_IP: '127.0.0.1', PYSPARK_SUBMIT_ARGS: small };
  const begin = performance.now();
  const { status } = spawnSync(python, [join(work, 'spark.py'), join(work, 'reports.json')], { env, timeout: 600_000 });
  return status === 0 ? (performance.now() - begin) / 1000 : undefined;
}

function against(what: string, theirs: number | undefined, ours: number, unit: string): void {
  if (theirs !== undefined) console.log(`${what}: ${theirs.toFixed(0)} ${unit}, ratio ${(ours / theirs).toFixed(1)}`);
}

/** Lines of a thousand bytes, as a controller-heavy cluster writes them at level Metadata. Answers how many. */
function makeLog(path: string, bytes: number): number {
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  const one = <T>(all: readonly T[]): T => all[random(all.length)]!;
  const file = openSync(path, 'w');
  let [written, lines, time, text] = [0, 0, Date.UTC(2026, 10, 26, 10) * 1000, [] as string[]];
  let pending: [MadeEvent, number][] = [];
  for (; written < bytes; lines++) {
    time += random(700);
    const took = Math.floor(Math.exp(random(10_000) / 1000) * 20);
    const event = eventAt({ us: time, took, number: lines }, random, one);
    pending.push([event, took]);
    text.push(JSON.stringify(event));
    if (text.length < 2000) continue;
    written += writeSync(file, `${text.join('\n')}\n`);
    for (const [of, us] of pending) note(of, us);
    [text, pending] = [[], []];
  }
  closeSync(file);
  return lines - text.length;
}

interface MadeEvent {
  readonly verb: string;
  readonly objectRef: { readonly resource: string; readonly [member: string]: unknown };
  readonly [member: string]: unknown;
}

function note({ verb, objectRef }: MadeEvent, us: number): void {
  if (verb === 'watch') return;
  const what = `${verb} ${objectRef.resource}`;
  const known = latencies.get(what);
  if (known) known.push(us);
  else latencies.set(what, [us]);
}

function eventAt(
  { us, took, number }: { readonly us: number; readonly took: number; readonly number: number },
  random: (below: number) => number,
  one: <T>(all: readonly T[]) => T,
): MadeEvent {
  const time = (at: number) =>
    `${new Date(Math.floor(at / 1000)).toISOString().slice(0, -1)}${String(at % 1000).padStart(3, '0')}Z`;
  const [verb, resource] = [
    one(['get', 'list', 'watch', 'update', 'patch', 'create', 'delete', 'get']),
    one(['pods', 'nodes', 'configmaps', 'secrets', 'leases', 'events']),
  ];
  const [namespace, account, code] = [
    `ns-${random(50)}`,
    `ctl-${random(100)}`,
    random(50) === 0 ? 403 : random(100) === 0 ? 429 : 200,
  ];
  const name = `${resource}-${random(2000)}`;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `${random(2 ** 31)
      .toString(16)
      .padStart(8, '0')}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/${namespace}/${resource}${verb === 'list' ? '?limit=500&resourceVersion=0' : `/${name}`}`,
    verb,
    user: {
      username: `system:serviceaccount:${namespace}:${account}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/node-name': [`host-${random(1000)}`],
        'authentication.kubernetes.io/pod-name': [`${account}-7c9d8f-x${random(1000)}`],
      },
    },
    sourceIPs: [`10.1.${random(250)}.7`],
    userAgent: one([
      'kubectl/v1.35.0 (linux/amd64) kubernetes/abcdef',
      'controller/v0.0.0 (linux/amd64) kubernetes/$Format',
      'kubelet/v1.35.1 (linux/amd64) kubernetes/1234567',
    ]),
    objectRef: { resource, namespace, name, apiVersion: 'v1', resourceVersion: String(1_000_000 + number) },
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: time(us),
    stageTimestamp: time(us + took),
    annotations: {
      'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': `RBAC: allowed by ClusterRoleBinding "${account}" of ClusterRole "${account}" to ServiceAccount "${account}/${namespace}"`,
    },
  };
}
