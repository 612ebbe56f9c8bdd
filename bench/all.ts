/**
 * Every figure of docs/performance.md, one after the other. `node bench/all.ts` takes most of an hour, nearly all of it for
 * `scale` and `groups`; `node bench/all.ts up control-plane first-sync` takes five minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg, release, totalmem } from 'node:os';
import process from 'node:process';

const PARTS: Readonly<Record<string, readonly string[]>> = {
  up: ['up.ts'],
  'control-plane': ['control-plane.ts'],
  'first-sync': ['kube-client/first-sync.ts'],
  scheduler: ['scheduler.ts'],
  groups: ['groups.ts'],
  addresses: ['addresses.ts'],
  inspection: ['inspection.ts'],
  apilogs: ['apilogs.ts'],
  batch: ['batch.ts'],
  serf: ['serf.ts'],
  'drain-preview': ['drain-preview.ts'],
  sql: ['sql/sql.ts'],
  'sql-lists': ['sql/lists.ts'],
  console: ['console/console.ts'],
  scale: ['scale.ts', '--hosts', '5000', '--pods', '100000'],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const memory = Math.round(totalmem() / 2 ** 30);
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, ${memory} GiB, Linux ${release()}, Node ${process.version}`);
for (const [name, [file, ...args]] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  // Work of others on the machine shows here.
  console.log(`\n== ${name} (load before: ${loadavg()[0]!.toFixed(1)})`);
  const child = spawn(process.execPath, [`${import.meta.dirname}/${file}`, ...args], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
