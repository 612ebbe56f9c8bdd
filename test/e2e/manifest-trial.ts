/** Tries the manifests of one application as its users would: applies, applies again, compares, deletes. */
import process from 'node:process';
import type { KubeObject } from '../../src/kube/index.ts';
import { type Output, type RunOptions, run } from './harness.ts';

export interface TrialOptions {
  readonly kubeconfig: string;
  /** A file or a folder. */
  readonly path: string;
  /** With `--server-side`. @default false */
  readonly serverSide?: boolean;
  /** Of objects that name none; it must be there. @default default */
  readonly namespace?: string;
}

/** Objects of kinds that come with the same manifests cannot be made before their kinds are there. */
const GOES = 4;
const DELETION_SECONDS = 180;
const TIMEOUT_MS = 300_000;
/** Kinds by which an application shows that it was there. */
const TRACES =
  'crd,ns,clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration,apiservice,' +
  'storageclass,priorityclass,ingressclass,csidriver,pods,deployments,daemonsets,statefulsets,jobs,cronjobs,services,pdb';

/**
 * What was said and seen besides that all went well: nothing where everything came, stayed as it was when applied again,
 * showed no difference, and left no trace.
 */
export async function tryManifests(options: TrialOptions): Promise<string[]> {
  const trial = new Trial(options);
  const before = await trial.traces();
  const notes = [...(await trial.come()), ...(await trial.stay()), ...(await trial.go())];
  const left = await trial.tracesBeyond(before);
  return left.length > 0 ? [...notes, `left behind: ${left.join(' ')}`] : notes;
}

/** Each step answers what is to be noted. */
export class Trial {
  readonly #env: RunOptions['env'];
  readonly #files: readonly string[];
  readonly #way: readonly string[];

  constructor({ kubeconfig, path, serverSide = false, namespace }: TrialOptions) {
    this.#env = { KUBECONFIG: kubeconfig };
    this.#files = ['-R', '-f', path, ...(namespace ? ['-n', namespace] : [])];
    this.#way = serverSide ? ['--server-side'] : [];
  }

  async come(): Promise<string[]> {
    let said = await this.#onFiles('apply', ...this.#way);
    for (let i = 1; i < GOES && said.code !== 0; i++) said = await this.#onFiles('apply', ...this.#way);
    return said.code === 0 ? [] : noted('apply', said.stderr);
  }

  /** Applied again nothing changes: not what is stored, not what kubectl says, and there is no difference to be seen. */
  async stay(): Promise<string[]> {
    const before = await this.#owned();
    const again = await this.#onFiles('apply', ...this.#way);
    const after = await this.#owned();
    const written = [...after].filter(([name, owned]) => before.get(name) !== owned).map(([name]) => name);
    const diff = await this.#onFiles('diff', ...this.#way);
    const differing = [...diff.stdout.matchAll(/^diff -u -N \S+\/(\S+) \S+$/gm)].map(([, name]) => name!);
    return [
      ...noted('apply again', again.stderr),
      ...noted('apply again', again.stdout).filter((line) => !/ (unchanged|serverside-applied)$/.test(line)),
      ...noted('apply again wrote', written.join('\n')),
      ...noted('diff', differing.join('\n')),
    ];
  }

  async go(): Promise<string[]> {
    const gone = await this.#onFiles('delete', '--ignore-not-found', `--timeout=${DELETION_SECONDS}s`);
    return gone.code === 0 ? [] : noted('delete', gone.stderr);
  }

  async traces(): Promise<ReadonlySet<string>> {
    const { stdout, stderr, code } = await this.#kubectl(['get', TRACES, '-A', '-o', 'name']);
    if (code !== 0) throw new Error(`kubectl get ${TRACES}: ${stderr}`);
    return new Set(lines(stdout));
  }

  /** What is there that was not before, when it has had its time to go. */
  async tracesBeyond(before: ReadonlySet<string>): Promise<string[]> {
    const end = Date.now() + DELETION_SECONDS * 1000;
    for (;;) {
      const left = [...(await this.traces())].filter((name) => !before.has(name));
      if (left.length === 0 || Date.now() > end) return left;
      await new Promise((wait) => setTimeout(wait, 500));
    }
  }

  /** By object what kubectl is noted to have written, and when. */
  async #owned(): Promise<Map<string, string>> {
    const { stdout } = await this.#onFiles('get', '--ignore-not-found', '--show-managed-fields', '-o', 'json');
    if (stdout === '') return new Map();
    const found = JSON.parse(stdout) as { items?: KubeObject[] } & KubeObject;
    return new Map((found.items ?? [found]).map((object) => [titleOf(object), writesOf(object)]));
  }

  #onFiles(verb: string, ...args: readonly string[]): Promise<Output> {
    return this.#kubectl([verb, ...this.#files, ...args]);
  }

  #kubectl(args: readonly string[]): Promise<Output> {
    const kubectl = process.env.JDOS_KUBECTL ?? 'kubectl';
    return run(kubectl, args, { env: { ...this.#env, KUBECTL_EXTERNAL_DIFF: 'diff -u -N' }, timeoutMs: TIMEOUT_MS });
  }
}

function titleOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function writesOf({ metadata }: KubeObject): string {
  const entries = (metadata.managedFields ?? []) as readonly { manager?: string }[];
  return JSON.stringify(entries.filter(({ manager }) => manager?.startsWith('kubectl')));
}

/** In one order, whatever order kubectl takes them in. */
function noted(step: string, text: string): string[] {
  return lines(text)
    .sort()
    .map((line) => `${step}: ${line}`);
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
