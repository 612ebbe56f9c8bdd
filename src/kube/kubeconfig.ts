/** Finds the cluster that a kubeconfig names, as kubectl would. */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { JdosError } from '../errors/index.ts';
import type { ClusterTarget, ClusterTls } from './cluster-target.ts';
import { inClusterTarget } from './in-cluster.ts';
import { signIn } from './sign-in.ts';

export interface KubeconfigOptions {
  /** A file, or a list of files joined like `KUBECONFIG`; default: $KUBECONFIG, then ~/.kube/config, then in-cluster. */
  readonly path?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The parts of the file that mean something here; paths in it are already absolute. */
export interface KubeconfigCluster {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
}

export interface KubeconfigUser {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  exec?: object;
  'auth-provider'?: object;
}

interface KubeconfigContext {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** Several files as one: of two entries of the same name the first counts. */
interface Merged {
  readonly files: readonly string[];
  found: number;
  currentContext: string;
  readonly clusters: Map<string, KubeconfigCluster>;
  readonly users: Map<string, KubeconfigUser>;
  readonly contexts: Map<string, KubeconfigContext>;
}

export async function loadKubeconfig(options: KubeconfigOptions = {}): Promise<ClusterTarget> {
  const env = options.env ?? process.env;
  const files = filesOf(options, env);
  const merged = await merge(files, options.path !== undefined);
  const empty = merged.contexts.size === 0 && merged.clusters.size === 0;
  const inCluster = empty && options.path === undefined ? await inClusterTarget(env) : undefined;
  if (inCluster) return inCluster;
  if (merged.found === 0)
    throw refuse(files.join(delimiter), 'there is no such file, and no cluster around this process');
  return targetOf(merged, options);
}

function filesOf({ path }: KubeconfigOptions, env: NonNullable<KubeconfigOptions['env']>): string[] {
  const list = path ?? env.KUBECONFIG;
  const files = list?.split(delimiter).filter((file) => file !== '') ?? [];
  return files.length > 0 ? files : [join(env.HOME ?? homedir(), '.kube', 'config')];
}

/** Files that are not there are passed over, unless the user named just that one. */
async function merge(files: readonly string[], named: boolean): Promise<Merged> {
  const merged: Merged = {
    files,
    found: 0,
    currentContext: '',
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && !(named && files.length === 1)) return undefined;
      throw refuse(file, error.code === 'ENOENT' ? 'there is no such file' : error.message, error);
    });
    if (text !== undefined) await take(merged, file, text);
  }
  return merged;
}

async function take(merged: Merged, file: string, text: string): Promise<void> {
  const config = await parse(file, text);
  merged.found++;
  merged.currentContext ||= typeof config['current-context'] === 'string' ? config['current-context'] : '';
  add(merged.clusters, entries(config, 'clusters', 'cluster'), file);
  add(merged.users, entries(config, 'users', 'user'), file);
  add(merged.contexts, entries(config, 'contexts', 'context'), file);
}

async function parse(file: string, text: string): Promise<Record<string, unknown>> {
  const { parse: parseYaml } = await import('yaml');
  try {
    const config: unknown = parseYaml(text) ?? {};
    if (typeof config === 'object' && !Array.isArray(config)) return config as Record<string, unknown>;
  } catch (error) {
    throw refuse(file, `it is not YAML: ${(error as Error).message.split('\n')[0]}`, error);
  }
  throw refuse(file, 'expected a mapping with clusters, users and contexts');
}

type Entries = [name: string, body: Record<string, unknown>][];

function entries(config: Record<string, unknown>, list: string, field: string): Entries {
  const found = config[list];
  if (!Array.isArray(found)) return [];
  return (found as Record<string, unknown>[])
    .filter((entry) => typeof entry?.name === 'string')
    .map((entry) => [entry.name as string, (entry[field] ?? {}) as Record<string, unknown>]);
}

function add<V>(map: Map<string, V>, found: Entries, file: string): void {
  for (const [name, body] of found) if (!map.has(name)) map.set(name, absolute(body, dirname(resolve(file))) as V);
}

const PATHS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const;

/** Paths in a kubeconfig are relative to the file they stand in. */
function absolute(body: Record<string, unknown>, dir: string): Record<string, unknown> {
  const result = { ...body };
  for (const name of PATHS)
    if (typeof result[name] === 'string' && result[name]) result[name] = resolve(dir, result[name]);
  return result;
}

async function targetOf(merged: Merged, o: KubeconfigOptions): Promise<ClusterTarget> {
  const name = o.context ?? merged.currentContext;
  const context = name ? merged.contexts.get(name) : undefined;
  if (name && !context)
    throw refuse(merged.files.join(delimiter), `there is no context ${name}${known(merged.contexts)}`);
  const clusterName = o.cluster ?? context?.cluster;
  const cluster = clusterName ? merged.clusters.get(clusterName) : undefined;
  if (!cluster?.server) {
    const detail = clusterName
      ? `cluster ${clusterName} has no server`
      : `no context is chosen${known(merged.contexts)}`;
    throw refuse(merged.files.join(delimiter), detail);
  }
  const userName = o.user ?? context?.user;
  const user = userName ? merged.users.get(userName) : undefined;
  if (userName && !user)
    throw refuse(merged.files.join(delimiter), `there is no user ${userName}${known(merged.users)}`);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    ...(name && { context: name }),
    namespace: o.namespace ?? context?.namespace ?? 'default',
    ...(cluster['proxy-url'] && { proxyUrl: cluster['proxy-url'] }),
    ...(await credentials(cluster, user ?? {})),
  };
}

async function credentials(cluster: KubeconfigCluster, user: KubeconfigUser): Promise<Partial<ClusterTarget>> {
  const { tls: own, ...signature } = await signIn(cluster, user);
  const tls: ClusterTls = {
    ca: await pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    cert: await pem(user['client-certificate-data'], user['client-certificate']),
    key: await pem(user['client-key-data'], user['client-key']),
    serverName: cluster['tls-server-name'] || undefined,
    insecure: cluster['insecure-skip-tls-verify'] === true,
    ...own,
  };
  const { as, 'as-uid': uid, 'as-groups': groups } = user;
  return {
    tls,
    ...signature,
    ...(as && { impersonate: { user: as, ...(uid && { uid }), ...(groups && { groups }) } }),
  };
}

/** Inline data win over a file. */
async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  if (!file) return undefined;
  return readFile(file, 'utf8').catch((error: Error) => {
    throw refuse(file, `it cannot be read: ${error.message}`, error);
  });
}

function known(entriesByName: ReadonlyMap<string, unknown>): string {
  return entriesByName.size > 0 ? `; there are: ${[...entriesByName.keys()].join(', ')}` : '';
}

function refuse(file: string, detail: string, cause?: unknown): JdosError {
  return new JdosError('JDOS_ERR_KUBECONFIG', { file, detail }, { cause });
}
