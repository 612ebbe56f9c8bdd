/** Hosts that are reached by ssh: repairs from the list, and commands of operators, against a real sshd. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectThrough } from '../../src/cli/maintain/inspect.ts';
import { shopThrough } from '../../src/cli/maintain/shop.ts';
import { hostCommandsThrough } from '../../src/cli/server/host-commands.ts';
import { NODES } from '../../src/kube/index.ts';
import {
  type InspectHost,
  isOpen,
  Ledger,
  MaintenanceDesk,
  RepairError,
  type RepairShop,
  runMaintenance,
} from '../../src/maintenance/index.ts';
import { openRecords, type Records } from '../../src/records/index.ts';
import { type BarePlane, startBarePlane } from './bare-plane.ts';
import { eventually, ROOT, run } from './harness.ts';
import { SshHost } from './ssh-host.ts';

/** Name and address: known; nobody listens there; known by another key; not known. */
const HOSTS = { good: '127.0.0.1', deaf: '127.0.0.2', changed: '127.0.0.3', strange: '127.0.0.4' } as const;
const KUBELET = ['systemctl', 'restart', 'kubelet'];
const LONG_MS = 120_000;

let plane: BarePlane;
let host: SshHost;
let data: string;
let records: Records;
let shop: RepairShop;
const stop = new AbortController();

beforeAll(async () => {
  host = await SshHost.start();
  plane = await startBarePlane(Object.keys(HOSTS));
  for (const [name, address] of Object.entries(HOSTS)) {
    const node = await plane.client.get(NODES, name);
    const status = { ...node.status, addresses: [{ type: 'InternalIP', address }] };
    await plane.client.replace(NODES, { ...node, status }, { subresource: 'status' });
  }
  data = mkdtempSync(join(tmpdir(), 'jdos-by-ssh-'));
  records = await openRecords(data);
  shop = shopThrough(plane.client, { user: host.user, config: host.config });
});
afterAll(async () => {
  stop.abort();
  await records?.close();
  await plane?.stop();
  await host?.[Symbol.asyncDispose]();
  if (data) rmSync(data, { recursive: true, force: true });
});

const repair = (name: string, command = KUBELET, ms = LONG_MS) => shop.run(name, command, ms, stop.signal);
const failure = (name: string, command?: readonly string[], ms?: number) =>
  repair(name, command && [...command], ms).then(
    (result) => result,
    (error: unknown) => error as RepairError,
  );

describe('a repair by ssh', () => {
  it('runs the command as it stands in the list, and tells what it said and how it ended', async () => {
    host.program('systemctl', 'echo "restarting $2"; echo "on the side" >&2; exit 0');
    expect(await repair('good')).toEqual({ code: 0, output: 'restarting kubelet\non the side' });
    expect(host.asked()).toEqual(['systemctl restart kubelet']);
    host.program('systemctl', 'echo "no such unit" >&2; exit 5');
    expect(await repair('good')).toEqual({ code: 5, output: 'no such unit' });
  });

  it('tells a host that was not reached from a command that failed', async () => {
    const refused = await failure('deaf');
    expect(refused).toBeInstanceOf(RepairError);
    expect(refused).toMatchObject({ kind: 'not-reached', message: expect.stringContaining('Connection refused') });
  });

  it('enters no host whose key is another than the known one, or is not known', async () => {
    const before = host.asked().length;
    for (const name of ['changed', 'strange'])
      expect(await failure(name)).toMatchObject({ kind: 'not-reached', message: 'Host key verification failed.' });
    expect(host.asked()).toHaveLength(before);
  });

  it('is waited for no longer than its time, and nothing secret is in any argument meanwhile', async () => {
    const going = join(host.dir, 'going');
    writeFileSync(going, '');
    host.program('systemctl', `while [ -e ${going} ]; do sleep 0.1; done`);
    const late = failure('good', KUBELET, 1_500);
    const line = await eventually(
      async () => ourSsh(),
      (found) => found !== undefined,
      { what: 'ssh to run' },
    );
    expect(line).toEqual([...line!.slice(0, -3), '--', HOSTS.good, 'systemctl restart kubelet']);
    expect(line!.join(' ')).not.toMatch(/StrictHostKeyChecking|PRIVATE KEY|password/i);
    expect(await late).toMatchObject({ kind: 'late', message: expect.stringContaining('may still run') });
    rmSync(going);
  });

  it('of which the connection ends is told from both', async () => {
    host.program(
      'systemctl',
      'p=$$; while ! grep -q ^sshd /proc/$p/comm; do p=$(cut -d" " -f4 /proc/$p/stat); done; kill -9 $p; sleep 1',
    );
    expect(await failure('good', ['systemctl', 'reboot'])).toMatchObject({ kind: 'cut-off' });
  });
});

/** The arguments of the ssh that this process has started. */
function ourSsh(): string[] | undefined {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, parent] = /\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (Number(parent) !== process.pid || readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'ssh') continue;
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    } catch {
      // It has ended meanwhile.
    }
  }
  return undefined;
}

describe('a maintenance by ssh', () => {
  const mended = () => existsSync(join(host.dir, 'mended'));
  const inspect: InspectHost = async () =>
    mended()
      ? [{ check: 'kubelet.process', level: 'info', message: 'it runs' }]
      : [{ check: 'kubelet.process', level: 'error', message: 'there is no process' }];
  let desk: MaintenanceDesk;

  beforeAll(() => {
    desk = new MaintenanceDesk({ client: plane.client, records });
    void runMaintenance({
      client: plane.client,
      records,
      signal: stop.signal,
      inspect,
      shop: { run: (name, command, ms, signal) => shop.run(name, command, ms, signal) },
      budgets: { perRack: 9, zoneShare: 1, zoneHealthy: 0 },
      times: { verifyGapMs: 50, tickMs: 50 },
    });
  });

  async function maintain(name: string) {
    const wish = { host: name, address: name, kind: 'planned' as const, reason: 'no kubelet', actor: 'li.wei' };
    const request = { ...wish, healthyDelayMs: 0, repair: 'restart-kubelet' };
    const { id } = await desk.request(request, await desk.preview(request));
    return eventually(
      () => desk.ledger.get(id),
      (operation) => !isOpen(operation),
      { ms: LONG_MS, what: id },
    );
  }

  it('repairs a host on which no Pod of ours runs, and verifies it', async () => {
    host.program('systemctl', `[ "$*" = "restart kubelet" ] && : > ${host.dir}/mended`);
    const operation = await maintain('good');
    expect(operation).toMatchObject({ state: 'succeeded', repairs: 1 });
    const log = (await desk.ledger.logOf(operation.id)).map(({ text }) => text);
    expect(log).toContain('systemctl restart kubelet → 0');
  });

  it('is judged by an inspection on the same way, where no agent runs on the host', async () => {
    const look = inspectThrough({ client: plane.client, records }, { user: host.user, config: host.config });
    const levelsOf = async (name: string) => new Set((await look(name, stop.signal)).map(({ level }) => level));
    const found = await look('good', stop.signal);
    expect(found.find(({ check }) => check === 'kernel.pid_max')?.level).not.toBe('unknown');
    expect(host.asked().at(-1)).toBe('/bin/sh -s');
    expect(await levelsOf('strange')).toEqual(new Set(['unknown']));
  });

  it('that does not reach the host says that nothing was run, and does not call the repair a failure of the command', async () => {
    rmSync(join(host.dir, 'mended'));
    const operation = await maintain('strange');
    expect(operation).toMatchObject({ state: 'failed', repairs: 2 });
    expect(operation.result).toContain('nothing was run: Host key verification failed.');
  });

  it('runs nothing that is not in the list, though the records say so', async () => {
    const before = host.asked().length;
    const wish = { host: 'good', address: 'good', kind: 'planned' as const, reason: 'x', actor: 'mallory' };
    const request = { ...wish, repair: 'touch /tmp/x', drain: false };
    await expect(desk.request(request, await desk.preview(request))).rejects.toThrow('is no repair of the list');
    const limits = { drainTimeoutMs: 1, healthyDelayMs: 0, consent: {}, approvals: [], impact: [] };
    const forged = { ...request, ...limits, requestedBy: 'mallory' };
    const { id } = await new Ledger(records).create(forged, 'm-forged');
    const over = await eventually(
      () => desk.ledger.get(id),
      (operation) => !isOpen(operation),
      { ms: LONG_MS },
    );
    expect(over).toMatchObject({ state: 'failed', result: 'touch /tmp/x is no repair of the list' });
    expect(host.asked()).toHaveLength(before);
  });
});

describe('commands of operators by ssh', () => {
  it('jdos exec tells what was reached from what was not', async () => {
    const words = ['exec', 'host:good,deaf,changed', '--by', 'ssh', '--user', host.user, '--stages', '100'];
    const place = ['--kubeconfig', plane.kubeconfig, '--data', data, '-o', 'json', '--', 'echo "I am $(id -un)"'];
    const env = { JDOS_SSH_CONFIG: host.config };
    const { code, stdout, stderr } = await run(join(ROOT, 'jdos'), [...words, ...place], { env });
    expect(code, stderr).toBe(4);
    const { counts, items } = JSON.parse(stdout) as { counts: object; items: { name: string; stdout?: string }[] };
    expect(counts).toEqual({ ok: 1, failed: 0, unreachable: 2, skipped: 0 });
    expect(items.find(({ name }) => name === 'good')?.stdout).toBe(`I am ${host.user}\n`);
  });

  it('the console’s way to hosts is closed until the site opens it', async () => {
    const target = { name: 'good', kind: 'host' as const, address: HOSTS.good, labels: {} };
    const request = { command: ['/bin/sh', '-c', 'exit 3'], timeoutMs: LONG_MS, signal: stop.signal };
    await expect(hostCommandsThrough(plane.client, {}).run(target, request)).rejects.toThrow('no way to hosts is open');
    const open = { JDOS_HOST_SSH_USER: host.user, JDOS_SSH_CONFIG: host.config };
    expect(await hostCommandsThrough(plane.client, open).run(target, request)).toMatchObject({ rc: 3 });
  });
});
