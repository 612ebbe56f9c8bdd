/**
 * The daily work on a real cluster: the manifests of deploy/ as they are, the commands that operators type, and a maintenance
 * from its lock to its end, on two real nodes. What only the simulated fleet can show is named in docs/commands/.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DAEMON_SETS,
  DEPLOYMENTS,
  ENDPOINT_SLICES,
  Informer,
  isConditionTrue,
  KubeClient,
  loadKubeconfig,
  NODES,
  POD_DISRUPTION_BUDGETS,
  PODS,
  type Pod,
} from '../../../src/kube/index.ts';
import { isOpen, MaintenanceDesk, type Operation, STEPS } from '../../../src/maintenance/index.ts';
import { HostBook, probesThrough, RACK, STATUS, verdictsOn, watchHosts } from '../../../src/nodes/index.ts';
import { openRecords, type Records } from '../../../src/records/index.ts';
import { GROUP_SERVICES } from '../../../src/resources/index.ts';
import { readyIn } from '../../e2e/guarded-plane.ts';
import { Cluster, eventually, ROOT, run } from '../../e2e/harness.ts';
import { NAMESPACE, RealCluster } from '../real-cluster.ts';
import { type RealNode, startRealNode } from '../real-node.ts';
import { until } from '../until.ts';

/** This machine has no clock to ask, a small table of processes and other people's work; and its disk is not a host's. */
const EXEMPT = ['time.offset', 'kernel.pid_max', 'log.level', 'load', 'mem.usage', 'proc.count', 'fd.count'];
const EXPORT = '/var/export';
const SETTINGS = `
collector: { export: ${EXPORT} }
words:
  disk.export: { path: ${EXPORT} }
  fstab: { path: ${EXPORT} }
`;
const LEAST = 3;
/** For what waits for programs of this machine, which may be busy. */
const LONG_MS = 180_000;

const stop = new AbortController();
let cluster: RealCluster;
let second: RealNode;
let third: RealNode | undefined;
let controllers: KubeClient;
let controllersConfig: string;
let data: string;
let records: Records;
let attached: Cluster | undefined;

/** What stands behind `--` is not for jdos. */
const jdos = (...args: string[]) => {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return run(join(ROOT, 'jdos'), args.toSpliced(end, 0, '--data', data), { timeoutMs: LONG_MS });
};
const ok = async (...args: string[]) => {
  const { code, stdout, stderr } = await jdos(...args);
  if (code !== 0) throw new Error(`jdos ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
};
const onCluster = () => ['--kubeconfig', cluster.plane.kubeconfig];

beforeAll(async () => {
  const controllerFlags = ['--node-monitor-grace-period=20s', '--node-monitor-period=1s'];
  const node = { name: 'r1', labels: { [RACK]: 'r01' } };
  cluster = await RealCluster.start({ plane: { controllerFlags }, node });
  second = await startRealNode(cluster.plane, { name: 'r2', labels: { [RACK]: 'r02' } });
  for (const node of [cluster.node, second]) await furnish(node);
  data = mkdtempSync(join(tmpdir(), 'jdos-operations-'));
  writeFileSync(join(data, 'inspection.yaml'), SETTINGS);
  records = await openRecords(data);
  controllersConfig = await cluster.plane.credentials.kubeconfig('jdos:controllers');
  controllers = new KubeClient(await loadKubeconfig({ path: controllersConfig }));
  const install = await run(join(ROOT, 'jdos'), ['install', ...onCluster()]);
  expect(install.code, install.stderr).toBe(0);
  await apply('deploy/agent.yaml', 'jdos-system', 'jdos-agent');
  await apply('deploy/repair.yaml', 'jdos-repair', 'jdos-repair');
});

afterAll(async () => {
  stop.abort();
  await attached?.stop();
  await controllers?.close();
  await records?.close();
  await third?.stop();
  await second?.stop();
  await cluster?.stop();
  if (data) rmSync(data, { recursive: true, force: true });
});

/** A disk of its own that its fstab names, and the image that the manifests name: no registry is reached. */
async function furnish(node: RealNode): Promise<void> {
  await node.run('ctr', '-n', 'k8s.io', 'images', 'tag', node.app.v1.tagged, 'docker.io/library/busybox:1.36');
  const file = join(node.directory, 'fstab');
  writeFileSync(file, `none ${EXPORT} tmpfs size=16m 0 0\n`);
  await node.run('sh', '-ec', `mkdir -p ${EXPORT}; mount --bind ${file} /etc/fstab; mount -a`);
}

async function apply(file: string, namespace: string, name: string): Promise<void> {
  const kubectl = join(cluster.plane.binaries, 'kubectl');
  const { code, stderr } = await run(kubectl, [...onCluster(), 'apply', '-f', join(ROOT, file)]);
  expect(code, stderr).toBe(0);
  await everywhere(namespace, name, 2);
}

async function everywhere(namespace: string, name: string, nodes: number): Promise<void> {
  const ask = () => cluster.client.get(DAEMON_SETS, name, { namespace });
  await eventually(ask, ({ status }) => status?.numberReady === nodes, { ms: 90_000, what: `${name} on all nodes` });
}

interface Brief {
  readonly run: { readonly scope: number };
  readonly rows: readonly (Record<'error' | 'alarm' | 'warn' | 'info' | 'unknown', number> & { check: string })[];
}

describe('the agents of deploy/agent.yaml, as it is', () => {
  it('let both nodes be inspected: nothing is Unknown, and what this machine lacks is found', async () => {
    const found = JSON.parse(await ok('inspect', 'run', ...onCluster(), '-o', 'json')) as Brief;
    expect(found.run.scope).toBe(2);
    for (const row of found.rows) expect([row.check, row.unknown]).toEqual([row.check, 0]);
    const of = (check: string) => found.rows.find((row) => row.check === check)!;
    for (const check of [
      'kubelet.process',
      'kubelet.health',
      'kubelet.version',
      'disk.export',
      'fstab',
      'cadvisor.process',
    ])
      expect([check, of(check).error + of(check).alarm]).toEqual([check, 0]);
  });

  it('what is exempted is Info afterwards, in a run and for maintenance', async () => {
    for (const check of EXEMPT)
      await ok(
        'inspect',
        'exempt',
        'add',
        '--check',
        check,
        '-l',
        'kubernetes.io/os=linux',
        '--reason',
        'a test machine',
        '--for',
        '1d',
      );
    const found = JSON.parse(await ok('inspect', 'run', ...onCluster(), '-o', 'json')) as Brief;
    for (const row of found.rows) expect([row.check, row.error + row.alarm]).toEqual([row.check, 0]);
  });
});

describe('a maintenance by processes that die at every boundary, with the rights of the controllers', () => {
  let operation: Operation;
  let deaths = 0;
  let fewest = Number.POSITIVE_INFINITY;

  beforeAll(async () => {
    await deploy('web', 4);
    await watchBudget('web');
    await second.run('umount', EXPORT);
    const desk = new MaintenanceDesk({ client: cluster.client, records });
    const wish = {
      host: 'r2',
      address: 'r2',
      kind: 'planned' as const,
      reason: 'no disk',
      actor: 'li.wei',
      healthyDelayMs: 0,
      repair: 'remount',
    };
    const preview = await desk.preview(wish);
    expect(preview).toMatchObject({ refusals: [], approvals: [], drain: true });
    const { id } = await desk.request(wish, preview);
    while (isOpen(await desk.ledger.get(id))) {
      const child = launch(1);
      const over = eventually(
        () => desk.ledger.get(id),
        (now) => !isOpen(now),
        { ms: 120_000 },
      );
      await Promise.race([once(child, 'exit'), over]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      deaths++;
    }
    operation = await desk.ledger.get(id);
  }, 300_000);

  it('ends as if nothing had been: every step once, repaired once by the command of the list', async () => {
    expect(operation.result).toBe('the host is given back');
    expect(operation.steps.map(({ step }) => step)).toEqual(STEPS);
    expect(operation.repairs).toBe(1);
    expect(deaths).toBeGreaterThanOrEqual(2 * STEPS.length - 1);
    expect(operation.before?.join()).toContain(`${EXPORT} is not a mount of its own`);
    expect(operation.findings).toEqual([]);
    expect(await second.run('findmnt', '-n', '-o', 'FSTYPE', EXPORT)).toBe('tmpfs\n');
  });

  it('moved the Pods by eviction within their budget, and gave the host back as it was', async () => {
    expect(fewest).toBeGreaterThanOrEqual(LEAST);
    const node = await cluster.client.get(NODES, 'r2');
    expect(node.metadata.labels?.[STATUS]).toBe('ready');
    expect(node.spec.unschedulable ?? false).toBe(false);
    expect(node.spec.taints ?? []).toEqual([]);
    expect((await new HostBook(records).history('r2')).items.map(({ to }) => to).reverse()).toEqual([
      'ready',
      'cordoned',
      'draining',
      'maintenance',
      'recovering',
      'ready',
    ]);
    const drain = operation.steps.find(({ step }) => step === 'drain');
    expect(drain?.detail).toMatch(/^[1-9]\d* Pods have left$/);
  });

  async function watchBudget(app: string): Promise<void> {
    const pods = new Informer(cluster.client, PODS, { namespace: NAMESPACE, labelSelector: `app=${app}` });
    pods.start(stop.signal);
    await pods.synced();
    const count = () => {
      fewest = Math.min(fewest, [...pods.list()].filter(isThere).length);
    };
    pods.onChange({ add: count, update: count, delete: count });
  }
});

function isThere({ metadata, ...pod }: Pod): boolean {
  return !metadata.deletionTimestamp && isConditionTrue(pod, 'Ready');
}

function launch(boundary: number): ChildProcess {
  const main = join(ROOT, 'test/maintenance-main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, controllersConfig, data, String(boundary)];
  return spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function deploy(name: string, replicas: number): Promise<void> {
  const labels = { app: name };
  const containers = [{ name: 'main', image: cluster.node.app.v1.tagged }];
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers } };
  const metadata = { name, namespace: NAMESPACE };
  await cluster.client.create(DEPLOYMENTS, {
    metadata,
    spec: { replicas, selector: { matchLabels: labels }, template },
  });
  const spec = { minAvailable: LEAST, selector: { matchLabels: labels } };
  await cluster.client.create(POD_DISRUPTION_BUDGETS, { metadata, spec });
  const ask = () => cluster.client.get(DEPLOYMENTS, name, { namespace: NAMESPACE });
  await eventually(ask, ({ status }) => status?.readyReplicas === replicas, { ms: 90_000, what: `${name} ready` });
}

describe('jdos up --attach', () => {
  beforeAll(async () => {
    attached = await Cluster.up({ args: ['--attach', ...onCluster()], data });
    const inventory = join(data, 'hosts.csv');
    writeFileSync(inventory, 'host,zone,rack\nr1,gz-1,r01\nr2,gz-1,r02\n');
    await ok('hosts', 'import', inventory);
  });

  it('jdos hosts tells both, with the place that the inventory gives them', { timeout: LONG_MS }, async () => {
    const seen = await eventually(
      () => ok('hosts', 'list'),
      (text) => /^r1 +ready .*gz-1 +r01/m.test(text) && /^r2 +ready .*gz-1 +r02/m.test(text),
      { what: 'both hosts taken over' },
    );
    expect(seen).toContain('r1');
    expect(await ok('hosts', 'show', second.address)).toMatch(/host: +r2/);
    expect(await ok('hosts', 'history', 'r2')).toContain('maintenance');
  });

  it('jdos exec runs in real containers, and tells failed from not reached', async () => {
    const { stdout, code } = await jdos(
      'exec',
      'app=web',
      '--stages',
      '100',
      '-o',
      'json',
      '--',
      'echo "$VERSION"; exit 3',
    );
    expect(code).toBe(2);
    const { counts, items } = JSON.parse(stdout) as { counts: object; items: { rc: number; stdout: string }[] };
    expect(counts).toEqual({ ok: 0, failed: 4, unreachable: 0, skipped: 0 });
    for (const item of items) expect(item).toMatchObject({ rc: 3, stdout: 'v1\n' });
  });

  it('jdos ansible-inventory lists hosts and Pods by their groups', async () => {
    const listed = JSON.parse(await ok('ansible-inventory', '--list')) as Record<string, { hosts: string[] }>;
    expect(listed.zone_gz_1?.hosts).toEqual(['r1', 'r2']);
    expect(listed.app_web?.hosts).toHaveLength(4);
    expect(JSON.parse(await ok('ansible-inventory', '--host', 'r2'))).toMatchObject({ ansible_host: second.address });
  });

  it('jdos inspect and jdos diagnose find what is the matter, and jdos maintain mends it', {
    timeout: LONG_MS,
  }, async () => {
    await second.run('umount', EXPORT);
    await ok('inspect', 'run', '--host', 'r2', '--check', 'disk.export,fstab');
    expect(await ok('inspect', 'results')).toMatch(/error +disk\.export +r2/);
    const dry = await jdos('exec', 'bad:disk.export', '--dry-run', '--', 'df');
    expect(dry.stdout).toMatch(/^1 +r2 /m);
    expect(await ok('diagnose', second.address)).toMatch(/remount \(drain\)/);
    expect(await ok('maintain', 'r2', '--repair', 'remount')).toContain('Nothing was done; add --go to do it.');
    const done = await ok(
      'maintain',
      'r2',
      '--repair',
      'remount',
      '--reason',
      'no disk',
      '--healthy-delay',
      '1s',
      '--go',
    );
    expect(done).toContain('mount -a → 0');
    expect(done).toContain('succeeded: the host is given back');
    expect(await ok('maintain', 'list')).toMatch(/r2 +succeeded/);
  });
});

describe('a host that is off the network', () => {
  beforeAll(async () => {
    third = await startRealNode(cluster.plane, { name: 'r3', labels: { [RACK]: 'r03' } });
    await furnish(third);
    await everywhere('jdos-system', 'jdos-agent', 3);
    for (const nodeName of ['r1', 'r2', 'r3'])
      await cluster.run(`e2-${nodeName}`, { nodeName }, { labels: { app: 'e2' } });
    const spec = { selector: { matchLabels: { app: 'e2' } }, ports: [{ port: 80 }] };
    await cluster.client.create(GROUP_SERVICES, { metadata: { name: 'e2', namespace: NAMESPACE }, spec } as never);
    await eventually(served, (names) => names.length === 3, { ms: 90_000, what: 'three endpoints' });
  }, LONG_MS);

  /** Pods that the GroupService publishes as ready. */
  async function served(): Promise<string[]> {
    const labelSelector = 'kubernetes.io/service-name=e2';
    return (await cluster.client.list(ENDPOINT_SLICES, { namespace: NAMESPACE, labelSelector })).items
      .flatMap(readyIn)
      .sort();
  }

  it('is called down when its kubelet is not reached and peers find it dead, by witnesses that the controllers may ask', {
    timeout: LONG_MS,
  }, async () => {
    const { signal } = stop;
    const rules = { graceMs: 6_000, periodMs: 500 };
    const verdicts = await watchHosts({
      client: controllers,
      records,
      probes: probesThrough(controllers),
      signal,
      ...rules,
    });
    await until(async () => verdicts.of('r2')?.verdict === 'Ready', 'r2 to be seen');
    // Its cable, not the machine: where its address leads nowhere, something else of this network may answer for it.
    await second.run('ip', 'link', 'set', 'eth0', 'down');
    await until(async () => verdicts.of('r2')?.verdict === 'NodeDown', 'r2 to be called down', 120_000);
    const [kept] = await verdictsOn(records, 'r2', 1);
    expect(kept?.evidence).toMatchObject([
      { witness: 'lease', says: 'dead' },
      { witness: 'kubelet', says: 'dead' },
      { witness: 'agent', says: 'unknown' },
      { witness: 'peer', says: 'dead' },
      { witness: 'peer', says: 'dead' },
    ]);
    expect(verdicts.of('r1')?.verdict).toBe('Ready');
  });

  it('E2 loses its endpoints once peers have confirmed it, long before silence alone would cost them', {
    timeout: LONG_MS,
  }, async () => {
    await eventually(served, (names) => names.join() === 'e2-r1,e2-r3', { ms: 90_000, what: 'the endpoint to leave' });
  });
});
