/**
 * How long `./jdos up` takes until it is ready, the first time and again, and what it holds in memory when nothing happens.
 *
 *   node bench/up.ts [--hosts 90] [--idle 15]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Cluster } from '../test/e2e/harness.ts';

const { values } = parseArgs({
  options: { hosts: { type: 'string', default: '90' }, idle: { type: 'string', default: '15' } },
});
const data = mkdtempSync(join(tmpdir(), 'jdos-bench-'));

console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
for (const start of ['cold', 'warm']) {
  const from = performance.now();
  await using cluster = await Cluster.up({ data, args: ['--hosts', values.hosts] });
  const seconds = ((performance.now() - from) / 1000).toFixed(1);
  await delay(Number(values.idle) * 1000);
  console.log(`./jdos up, ${start}, ${values.hosts} hosts: ready after ${seconds} s; idle ${rss(cluster)} MiB`);
}
rmSync(data, { recursive: true, force: true });

function rss(cluster: Cluster): number {
  const status = readFileSync(`/proc/${cluster.process.pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
}
