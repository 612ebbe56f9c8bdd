/** What a process in a simulated container finds: its environment, the files mounted for it, its host name. */
import {
  CONFIG_MAPS,
  type ConfigMap,
  type core,
  ifFound,
  type KubeClient,
  PODS,
  type Pod,
  SECRETS,
  type Secret,
} from '../../kube/index.ts';
import type { ContainerPlace } from './place.ts';

export interface Surroundings {
  readonly environment: ReadonlyMap<string, string>;
  /** Absolute path to content. */
  readonly files: ReadonlyMap<string, string>;
  /** Where an empty directory lies in place of a file that was not there when the container started. */
  readonly directories: ReadonlySet<string>;
  readonly hostname: string;
  readonly hostName: string;
  readonly command: readonly string[];
  readonly startedAt: string;
}

type Reader = Pick<KubeClient, 'get'>;

/** Reads the Pod and what it refers to now; what the container found when it started, and keeps, is taken from then. */
export async function openSurroundings({ resident, record }: ContainerPlace, client: Reader): Promise<Surroundings> {
  const { name, namespace = '' } = resident.life.pod.metadata;
  const pod = await client.get(PODS, name, { namespace });
  const spec = containerOf(pod, record.spec.name);
  const values = new Values(client, namespace);
  const found = record.memory.found;
  const hostname = pod.spec.hostNetwork ? resident.host.name : (pod.spec.hostname ?? name);
  const environment = await environmentOf(pod, spec, values, found?.fields);
  const directories = new Set(found?.directories);
  return {
    environment: new Map([
      ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ['HOSTNAME', hostname],
      ['HOME', '/root'],
      ...environment,
    ]),
    files: await filesOf(pod, spec, values, { environment, directories }),
    directories,
    hostname,
    hostName: resident.host.name,
    command: [...(spec.command ?? []), ...(spec.args ?? [])],
    startedAt: record.status.state.running?.startedAt ?? '',
  };
}

function containerOf(pod: Pod, name: string): core.Container {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])];
  return (all.find((c) => c.name === name) ?? { name }) as core.Container;
}

/** ConfigMaps and Secrets, each read once. */
class Values {
  readonly #client: Reader;
  readonly #namespace: string;
  readonly #read = new Map<string, Promise<Readonly<Record<string, string>>>>();

  constructor(client: Reader, namespace: string) {
    this.#client = client;
    this.#namespace = namespace;
  }

  /** Empty when there is none of the name: what must be there was there when the container started. */
  of(kind: 'ConfigMap' | 'Secret', name: string | undefined): Promise<Readonly<Record<string, string>>> {
    const key = `${kind}/${name}`;
    let values = this.#read.get(key);
    if (!values) {
      values = this.#get(kind, name ?? '');
      this.#read.set(key, values);
    }
    return values;
  }

  async #get(kind: 'ConfigMap' | 'Secret', name: string): Promise<Readonly<Record<string, string>>> {
    const at = { namespace: this.#namespace };
    if (kind === 'ConfigMap') return (await ifFound(this.#client.get<ConfigMap>(CONFIG_MAPS, name, at)))?.data ?? {};
    const secret = await ifFound(this.#client.get<Secret>(SECRETS, name, at));
    return Object.fromEntries(
      Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }
}

async function environmentOf(
  pod: Pod,
  spec: core.Container,
  values: Values,
  kept: Readonly<Record<string, string>> = {},
): Promise<Map<string, string>> {
  const environment = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of spec.envFrom ?? []) {
    const found = configMapRef
      ? await values.of('ConfigMap', configMapRef.name)
      : await values.of('Secret', secretRef?.name);
    for (const [key, value] of Object.entries(found)) environment.set(prefix + key, value);
  }
  for (const { name, value, valueFrom } of spec.env ?? []) {
    const text = valueFrom
      ? (kept[valueFrom.fieldRef?.fieldPath ?? ''] ?? (await sourceValue(valueFrom, { pod, spec, values })))
      : substituted(value ?? '', environment);
    if (text !== undefined) environment.set(name, text);
  }
  return environment;
}

interface Source {
  readonly pod: Pod;
  readonly spec: core.Container;
  readonly values: Values;
}

async function sourceValue(from: core.EnvVarSource, { pod, spec, values }: Source): Promise<string | undefined> {
  if (from.configMapKeyRef) return (await values.of('ConfigMap', from.configMapKeyRef.name))[from.configMapKeyRef.key];
  if (from.secretKeyRef) return (await values.of('Secret', from.secretKeyRef.name))[from.secretKeyRef.key];
  if (from.fieldRef) return fieldOf(pod, from.fieldRef.fieldPath);
  const [when = '', what = ''] = (from.resourceFieldRef?.resource ?? '').split('.');
  const amounts = when === 'limits' ? spec.resources?.limits : spec.resources?.requests;
  return amounts?.[what];
}

/** `metadata.name`, `metadata.labels['app']`, `status.podIP`, `spec.nodeName` … */
function fieldOf(pod: Pod, path: string): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  const value = path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], pod);
  if (typeof value !== 'object' || value === null) return value === undefined ? '' : String(value);
  return Object.entries(value)
    .map(([key, text]) => `${key}=${JSON.stringify(text)}`)
    .join('\n');
}

/** `$(NAME)` of a variable before it. */
function substituted(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => environment.get(name) ?? whole);
}

interface Place {
  readonly environment: ReadonlyMap<string, string>;
  readonly directories: ReadonlySet<string>;
}

async function filesOf(
  pod: Pod,
  spec: core.Container,
  values: Values,
  { environment, directories }: Place,
): Promise<Map<string, string>> {
  const files = new Map<string, string>([
    ['/etc/hostname', `${pod.spec.hostname ?? pod.metadata.name}\n`],
    ['/etc/hosts', `127.0.0.1\tlocalhost\n${pod.status?.podIP ?? ''}\t${pod.metadata.name}\n`],
  ]);
  for (const { name, mountPath, subPath: plain, subPathExpr } of spec.volumeMounts ?? []) {
    if (directories.has(mountPath)) continue;
    const subPath = subPathExpr === undefined ? plain : substituted(subPathExpr, environment);
    const volume = pod.spec.volumes?.find((v) => v.name === name);
    for (const [path, text] of volume ? await contentOf(volume, pod, values) : [])
      if (!subPath) files.set(join(mountPath, path), text);
      else if (path === subPath) files.set(mountPath, text);
  }
  return files;
}

type Items = readonly core.KeyToPath[] | undefined;

async function contentOf(
  volume: core.Volume | core.VolumeProjection,
  pod: Pod,
  values: Values,
): Promise<[string, string][]> {
  if (volume.configMap) return picked(await values.of('ConfigMap', volume.configMap.name), volume.configMap.items);
  if (volume.secret) {
    const name =
      'secretName' in volume.secret ? volume.secret.secretName : (volume.secret as core.SecretProjection).name;
    return picked(await values.of('Secret', name), volume.secret.items);
  }
  if (volume.downwardAPI)
    return (volume.downwardAPI.items ?? []).map(({ path, fieldRef }) => [
      path,
      fieldOf(pod, fieldRef?.fieldPath ?? '') ?? '',
    ]);
  const parts = 'projected' in volume ? (volume.projected?.sources ?? []) : [];
  return (await Promise.all(parts.map((part) => contentOf(part, pod, values)))).flat();
}

function picked(data: Readonly<Record<string, string>>, items: Items): [string, string][] {
  if (!items) return Object.entries(data);
  return items.filter(({ key }) => key in data).map(({ key, path }) => [path, data[key]!]);
}

function join(directory: string, path: string): string {
  return `${directory.replace(/\/$/, '')}/${path}`;
}
