/** Commands on hosts by serf: fifty real agents, as Debian packages them, with the handler of deploy/serf. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serfTransport, type Target, type Transport } from '../../src/batch/index.ts';
import { NODES } from '../../src/kube/index.ts';
import { type FleetPlane, startFleetPlane } from './fleet-plane.ts';
import { ROOT, run } from './harness.ts';
import { SerfPool } from './serf-pool.ts';

/** Far more than a test may take: whoever waits for it to pass has failed. */
const HOUR_MS = 3_600_000;
const FIFTY = 50;
let plane: FleetPlane;
let pool: SerfPool;
let serf: Transport;
let names: string[];

beforeAll(async () => {
  plane = await startFleetPlane(FIFTY);
  names = (await plane.client.list(NODES)).items.map(({ metadata }) => metadata.name);
  pool = await SerfPool.start(names);
  serf = serfTransport({ address: pool.rpc });
});
afterAll(async () => {
  serf?.close?.();
  await pool?.stop();
  await plane?.stop();
});

const target = (host: string): Target => ({ name: host, kind: 'host', host, labels: {} });
const on = (host: string, ...command: string[]) =>
  serf.run(target(host), { command, timeoutMs: HOUR_MS, signal: new AbortController().signal });
const jdos = (...args: string[]) =>
  run(join(ROOT, 'jdos'), ['exec', '--kubeconfig', plane.kubeconfig, '--data', plane.dataDir, ...args]);
const bySerf = (command: string) =>
  jdos('hosts:all', '--by', 'serf', '--serf', pool.rpc, '--timeout', '3600', '-o', 'json', '--', command);

interface Report {
  readonly counts: Record<'ok' | 'failed' | 'unreachable' | 'skipped', number>;
  readonly items: readonly { readonly name: string; readonly stdout?: string; readonly message?: string }[];
}

it('F10 fifty hosts that have all answered are waited for no longer, however much time their command had', async () => {
  const { stdout, stderr, code } = await bySerf('echo $SERF_SELF_NAME');
  expect(stdout, `ended with ${code}: ${stderr}`).toContain('"counts"');
  const { counts, items } = JSON.parse(stdout) as Report;
  expect(counts, stderr).toEqual({ ok: FIFTY, failed: 0, unreachable: 0, skipped: 0 });
  for (const { name, stdout: said } of items) expect(said).toBe(`${name}\n`);
});

it('F10 an answer of a hundred thousand bytes comes whole, errors and exit code beside it', async () => {
  const { rc, stdout, stderr } = await on(names[7]!, 'sh', '-c', 'seq 1 20000; echo "it’s late" >&2; exit 3');
  const wanted = Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join('');
  expect(wanted.length).toBeGreaterThan(100_000);
  expect(Buffer.from(stdout).toString()).toBe(wanted);
  expect([rc, Buffer.from(stderr).toString()]).toEqual([3, 'it’s late\n']);
});

it('a command that never came to a host is sent again', async () => {
  const deaf = names[9]!;
  const hear = pool.deafen(deaf);
  const answers = names.map((name) => on(name, 'echo', 'ran'));
  await Promise.all(answers.filter((_, i) => names[i] !== deaf));
  hear();
  const { rc, stdout } = await answers[9]!;
  expect([rc, Buffer.from(stdout).toString()]).toEqual([0, 'ran\n']);
});

it('what serf cannot carry is refused with the reason, and what is no member is not waited for', async () => {
  await expect(on(names[0]!, 'echo', 'x'.repeat(2000))).rejects.toThrow('a query of serf has no room for it');
  await expect(on('nobody', 'true')).rejects.toThrow('it is no member of the serf cluster');
  const { code, stderr } = await jdos('hosts:all', '--by', 'serf', '--serf', '127.0.0.1:9', '--', 'true');
  expect([code, stderr]).toEqual([4, expect.stringContaining('not reached')]);
});

it('F9 with one datagram in ten lost and one agent starved, all find the one that was killed and nobody else', async () => {
  pool.lose(10);
  const [dead, starved] = [names[3]!, names[4]!];
  const feed = pool.starve(starved);
  const others = names.filter((name) => name !== dead && name !== starved);
  await pool.kill(dead);
  const isNoted = () => pool.failures([dead, starved]).includes(dead);
  await expect.poll(isNoted, { timeout: 90_000 }).toBe(true);
  feed();
  await pool.until(FIFTY - 1, others);
  expect(pool.failures([dead, starved]).filter((name) => name !== starved)).toEqual([dead]);
  const { stdout, stderr, code } = await bySerf('true');
  expect(stdout, `ended with ${code}: ${stderr}`).toContain('"counts"');
  const { counts, items } = JSON.parse(stdout) as Report;
  expect(counts).toMatchObject({ failed: 0, unreachable: 1 });
  expect(items.find(({ name }) => name === dead)?.message).toBe('serf holds it for failed');
});
