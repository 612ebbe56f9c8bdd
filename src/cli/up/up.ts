/** The story of `jdos up`: own the directory, claim the ports, start part after part, say so, run, stop in reverse. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { JdosError } from '../../errors/index.ts';
import { type ClusterTarget, KubeClient, loadKubeconfig, sleep, systemClock } from '../../kube/index.ts';
import { DataDirLock, makeDataDir } from '../data-dir.ts';
import { type Instance, kubeconfigOf, readInstance, writeInstance } from '../instance.ts';
import { oidcOf } from '../oidc.ts';
import { Progress } from '../progress.ts';
import { VERSION } from '../version.ts';
import { attachedBanner, banner } from './banner.ts';
import { ClusterSummary } from './cluster-summary.ts';
import { type Console, serveConsole } from './console.ts';
import { ExamplesDesk, FEWEST_HOSTS } from './examples-desk.ts';
import type { UpOptions } from './index.ts';
import { checkKubeconfigOut, writeKubeconfig } from './kubeconfig-file.ts';
import { openLog } from './log-file.ts';
import { OWN_SCHEDULER } from './own-scheduler.ts';
import { Part, type PartLife, type PartStatus } from './part.ts';
import {
  type Identity,
  type JdosInput,
  type Launch,
  launchControllers,
  launchFleet,
  launchInstall,
  launchJdos,
  launchPlane,
  type PlaneInfo,
} from './parts.ts';
import { claimPort } from './port.ts';
import { consoleSocketOf, SqlDoor } from './sql-socket.ts';
import { stopSignal } from './stop-signal.ts';

const HOST = '127.0.0.1';
const DEFAULT_HOSTS = 90;
/** Up to so many hosts a small nursery does: five threads with V8's own would hold 50 MiB more that nobody uses. */
const SMALL_FLEET = 200;
const SMALL_NURSERY_MB = 12;

export async function up(options: UpOptions): Promise<void> {
  oidcOf(options, `http://${HOST}`);
  if (options.kubeconfigOut) checkKubeconfigOut(options.kubeconfigOut, '--kubeconfig-out');
  makeDataDir(options.data);
  using _lock = lockOrRefuse(options.data);
  const apiPort = options.attach ? 0 : await claimPort(options.apiPort, '--api-port', HOST);
  const consolePort = await claimPort(options.consolePort, '--console-port', HOST);
  const apiUrl = options.attach ? (await targetOf(options)).server : `https://${HOST}:${apiPort}`;
  const run = new Run(options, instanceOf(options, apiUrl, consolePort));
  const signal = stopSignal();
  try {
    if (await run.start(apiPort, consolePort, signal)) await aborted(signal);
  } finally {
    await run.stop();
  }
}

/** One run: what was started, so that it can be stopped in reverse. */
class Run {
  readonly #options: UpOptions;
  readonly #instance: Instance;
  readonly #progress = new Progress();
  readonly #log;
  readonly #parts: Part<unknown>[] = [];
  readonly #ending = new AbortController();
  #client: KubeClient | undefined;
  #summary: ClusterSummary | undefined;
  #console: Console | undefined;
  #sql: SqlDoor | undefined;
  #firstPassword: string | undefined;
  #examples: ExamplesDesk | undefined;
  #ready = false;

  constructor(options: UpOptions, instance: Instance) {
    this.#options = options;
    this.#instance = instance;
    this.#log = openLog(options.data);
  }

  /** False when it was asked to stop before it was ready. */
  async start(apiPort: number, consolePort: number, signal: AbortSignal): Promise<boolean> {
    const begin = Date.now();
    const { data } = this.#options;
    const fresh = readInstance(data) === undefined;
    writeInstance(data, this.#instance);
    process.stderr.write(`JDOS ${VERSION}, data in ${data}\n`);
    this.#console = await serveConsole(consolePort, () => this.#status(), {
      host: HOST,
      upstream: consoleSocketOf(data),
    });
    const { attach } = this.#options;
    const starting = attach ? this.#startAttached() : this.#startParts(apiPort).then(() => this.#hostsReady(signal));
    starting.catch(() => undefined);
    await Promise.race([starting, aborted(signal)]);
    if (signal.aborted) return false;
    await this.#openSql();
    this.#ready = true;
    this.#progress.end();
    const seconds = (Date.now() - begin) / 1000;
    process.stdout.write(
      attach
        ? attachedBanner(this.#instance, seconds, this.#firstPassword)
        : banner(this.#instance, seconds, this.#firstPassword),
    );
    if (!attach) this.#examples = this.#layExamples(fresh);
    return true;
  }

  async stop(): Promise<void> {
    this.#progress.doing('stopping');
    this.#ending.abort();
    this.#ready = false;
    await this.#sql?.close();
    await this.#examples?.stop();
    for (const part of this.#parts.toReversed()) await part.stop();
    await this.#console?.close();
    await this.#client?.close();
    this.#log.end();
    this.#progress.end();
    process.stderr.write(`JDOS has stopped; what was created is kept in ${this.#options.data}\n`);
  }

  /** They come in the background: nobody waits for them. */
  #layExamples(fresh: boolean): ExamplesDesk | undefined {
    const { plain, without, data } = this.#options;
    if (plain || without.length > 0 || this.#instance.hosts < FEWEST_HOSTS) return undefined;
    const desk = new ExamplesDesk({
      client: this.#client!,
      kubeconfig: this.#instance.kubeconfig,
      data,
      log: this.#log,
    });
    void desk.lay(fresh);
    return desk;
  }

  /** JDOS's own components beside the control plane of an existing cluster. */
  async #startAttached(): Promise<void> {
    const { kubeconfig, context } = this.#options;
    const access = { ...(kubeconfig && { kubeconfig }), ...(context && { context }) };
    await this.#start('scheduler', `scheduler ${OWN_SCHEDULER} for ${this.#instance.apiUrl}`, (launch) =>
      launchControllers({ scheduler: { ...access, schedulerName: OWN_SCHEDULER } }, launch),
    );
    if (await this.#hasKinds()) {
      const { data, allowCheckAddresses } = this.#options;
      const identity = `${identityOf(data)}:${process.pid}`;
      const input = { ...access, identity, dataDir: data, allowCheckAddresses };
      await this.#startJdos(input);
    } else
      this.#progress.failed('components of JDOS: its resource types are missing; run `jdos install`, then start again');
    await this.#watchCluster(await targetOf(this.#options));
  }

  async #startJdos(input: JdosInput): Promise<void> {
    const { firstPassword } = await this.#start('jdos', 'components of JDOS', (launch) => launchJdos(input, launch));
    this.#firstPassword = firstPassword;
  }

  /** Only a door: nothing runs behind it before somebody asks. */
  async #openSql(): Promise<void> {
    const { data, context } = this.#options;
    const cluster = context ?? 'local';
    const { sqlPort, sqlSnapshots: directory, sqlSnapshotsEvery } = this.#options;
    const snapshots = directory && { directory, everyMs: sqlSnapshotsEvery * 1000 };
    const access = { kubeconfig: this.#instance.kubeconfig, ...(context && { context }) };
    const oidc = oidcOf(this.#options, this.#instance.consoleUrl);
    const input = { data, cluster, ...access, ...(snapshots && { snapshots }), ...(oidc && { oidc }) };
    const port = sqlPort === undefined ? undefined : await claimPort(sqlPort, '--sql-port', HOST);
    this.#sql = new SqlDoor({ input, log: this.#log, ...(port !== undefined && { port }) });
    await this.#sql.open();
    if (port === undefined) return;
    const connect = `psql "host=${HOST} port=${port} user=jdos"`;
    this.#progress.done(`KubeSQL for ${connect}; the password is in ${join(data, 'sql.password')}`);
  }

  async #hasKinds(): Promise<boolean> {
    const client = new KubeClient(await targetOf(this.#options), { userAgent: 'jdos-up' });
    try {
      return (await client.request('GET', '/apis/apps.jdos.jd.com/v1alpha1')).status === 200;
    } finally {
      await client.close();
    }
  }

  async #startParts(apiPort: number): Promise<void> {
    const { data, without, auditPolicy } = this.#options;
    const plane = await this.#start('api', `Kubernetes API on ${this.#instance.apiUrl}`, (launch) =>
      launchPlane({ dataDir: data, host: HOST, port: apiPort, ...(auditPolicy && { auditPolicy }) }, launch),
    );
    const access = this.#writeKubeconfigs(plane);
    await this.#install();
    const roles = (['controllers', 'scheduler'] as const).filter((role) => !without.includes(role));
    if (roles.length > 0) {
      const { rootCertificate } = plane;
      const inputs = Object.fromEntries(roles.map((role) => [role, { kubeconfig: access[role], rootCertificate }]));
      await this.#start(roles.join('+'), roles.join(' and '), (launch) => launchControllers(inputs, launch));
    }
    if (!without.includes('fleet')) {
      const { hosts } = this.#instance;
      await this.#start('fleet', `fleet of ${hosts} simulated hosts`, (launch) =>
        launchFleet({ kubeconfig: access.fleet, hosts }, launch),
      );
    }
    if (!without.includes('jdos')) {
      const { allowCheckAddresses } = this.#options;
      const identity = identityOf(data);
      const input = { kubeconfig: access.jdos, identity, dataDir: data, patient: true, allowCheckAddresses };
      await this.#startJdos(input);
    }
    await this.#watchCluster(await loadKubeconfig({ path: this.#instance.kubeconfig }));
  }

  /** The kinds of JDOS are there before anybody can ask for them. */
  async #install(): Promise<void> {
    const { kubeconfig } = this.#instance;
    const onProgress = (text: string) => this.#progress.doing(`resource types: ${text}`);
    const life = launchInstall({ kubeconfig }, { log: this.#log, onProgress });
    const steps = await life.ready;
    await life.stop();
    const kinds = steps.filter(({ kind }) => kind === 'CustomResourceDefinition');
    const changed = kinds.filter(({ action }) => action !== 'none').length;
    this.#progress.done(`${kinds.length} resource types${changed === 0 ? '' : ` (${changed} installed)`}`);
  }

  /** Answers where each identity's kubeconfig is. */
  #writeKubeconfigs({ kubeconfigs }: PlaneInfo): Record<Identity, string> {
    const { data, kubeconfigOut } = this.#options;
    writeKubeconfig(this.#instance.kubeconfig, kubeconfigs.admin);
    if (kubeconfigOut) writeKubeconfig(kubeconfigOut, kubeconfigs.admin);
    const write = (name: Identity) => {
      const file = join(data, `${name}.kubeconfig`);
      writeKubeconfig(file, kubeconfigs[name]);
      return file;
    };
    return {
      controllers: write('controllers'),
      scheduler: write('scheduler'),
      fleet: write('fleet'),
      jdos: write('jdos'),
    };
  }

  async #start<I>(name: string, title: string, launch: (launch: Launch) => PartLife<I>): Promise<I> {
    const begin = Date.now();
    const onProgress = (text: string) => this.#progress.doing(`${title}: ${text}`);
    const room = !this.#options.attach && this.#instance.hosts <= SMALL_FLEET ? { nurseryMb: SMALL_NURSERY_MB } : {};
    const part = new Part(name, () => launch({ log: this.#log, onProgress, ...room }), { onChange: reportChange });
    this.#parts.push(part);
    this.#progress.doing(title);
    const info = await part.start().catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#progress.failed(`${title}; more in ${join(this.#options.data, 'log')}`);
      throw error;
    });
    this.#progress.done(`${title} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
    return info;
  }

  async #watchCluster(target: ClusterTarget): Promise<void> {
    this.#client = new KubeClient(target, { userAgent: 'jdos-up' });
    const summary = new ClusterSummary(this.#client);
    await summary.start(this.#ending.signal);
    this.#summary = summary;
  }

  /** Waits until all hosts report Ready; hosts that a fault keeps silent are waited for only so long. */
  async #hostsReady(signal: AbortSignal): Promise<void> {
    const { hosts } = this.#instance;
    if (this.#options.without.includes('fleet')) return;
    const patience = systemClock.now() + 15_000 + hosts * 5;
    for (;;) {
      const seen = this.#summary!.counts().hosts;
      const all = Math.max(hosts, seen.total);
      this.#progress.bar('hosts ready', seen.ready, all);
      if (seen.ready >= all) return this.#progress.done(`${seen.ready} hosts are Ready`);
      if (systemClock.now() > patience) return this.#progress.failed(`${seen.ready} of ${all} hosts are Ready`);
      await sleep(systemClock, 50, signal);
    }
  }

  #status() {
    const { version, startedAt, apiUrl } = this.#instance;
    const parts = this.#parts.map((part) => part.status);
    const ready = this.#ready && parts.every((part) => part.state === 'ready');
    return { version, startedAt, apiUrl, ready, parts, ...(this.#summary && { counts: this.#summary.counts() }) };
  }
}

/** Who stands for election: the same after a restart on the same data directory, so that nothing waits for itself. */
function identityOf(dataDir: string): string {
  return `${hostname()}:${dataDir}`;
}

function lockOrRefuse(dir: string): DataDirLock {
  const lock = DataDirLock.take(dir);
  if (!lock) throw new JdosError('JDOS_ERR_DATA_DIR_IN_USE', { dir, pid: readInstance(dir)?.pid ?? 'unknown' });
  return lock;
}

/** The existing cluster that JDOS is attached to. */
function targetOf({ kubeconfig, context }: UpOptions): Promise<ClusterTarget> {
  return loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
}

function instanceOf(options: UpOptions, apiUrl: string, consolePort: number): Instance {
  return {
    pid: process.pid,
    version: VERSION,
    startedAt: new Date().toISOString(),
    apiUrl,
    consoleUrl: `http://${HOST}:${consolePort}/`,
    kubeconfig: options.attach ? (options.kubeconfig ?? '') : kubeconfigOf(options.data),
    hosts: options.hosts ?? readInstance(options.data)?.hosts ?? DEFAULT_HOSTS,
  };
}

function reportChange({ name, state, restarts, error }: PartStatus): void {
  const text = state === 'restarting' ? `${name} died (${error}) and is started again` : `${name} is back`;
  process.stderr.write(`${text}; restarts: ${restarts}\n`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
