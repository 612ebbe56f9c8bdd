/**
 * Agents of serf, as Debian packages them, of which one in ten datagrams is lost and one agent is starved of processor time:
 * how long until all know of one that was killed, and whom they call failed that is not, while they are watched.
 *
 * Run as root: node bench/serf.ts [--agents 200] [--minutes 10]
 */
import { cpus, loadavg } from 'node:os';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SerfPool } from '../test/e2e/serf-pool.ts';

const { values } = parseArgs({
  options: { agents: { type: 'string', default: '200' }, minutes: { type: 'string', default: '10' } },
});
const names = Array.from({ length: Number(values.agents) }, (_, i) => `h${String(i).padStart(4, '0')}`);
const [dead, starved] = [names[3]!, names[4]!];
const LOOK_MS = 250;
const WANTED_S = 60;

const began = performance.now();
const pool = await SerfPool.start(names);
try {
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores; ${names.length} agents know each other after ${since(began)}`,
  );
  pool.lose(10);
  const feed = pool.starve(starved);
  const killed = performance.now();
  await pool.kill(dead);
  const others = names.length - 2;
  let [first, watched] = [0, 0];
  const end = killed + Number(values.minutes) * 60_000;
  for (let all = 0; performance.now() < end; await pause(LOOK_MS)) {
    const witnesses = pool.witnesses(dead).filter((name) => name !== starved).length;
    if (witnesses > 0) first ||= performance.now();
    if (witnesses < others || all > 0) continue;
    all = performance.now();
    watched = all;
    console.log(
      `killed: first noticed after ${seconds(first - killed)}, by all after ${seconds(all - killed)} (wanted: ${WANTED_S} s)`,
    );
  }
  feed();
  if (watched === 0) {
    console.log(`killed: not noticed by all within ${values.minutes} min`);
    process.exitCode = 1;
  }
  const wrong = pool.failures([dead, starved]).filter((name) => name !== dead && name !== starved);
  const told = wrong.length === 0 ? 'nobody' : wrong.join(', ');
  console.log(
    `${values.minutes} min with 10 % of datagrams lost and ${starved} starved: falsely failed: ${told} (load ${loadavg()[0]!.toFixed(1)})`,
  );
} finally {
  await pool.stop();
}

function since(from: number): string {
  return seconds(performance.now() - from);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
