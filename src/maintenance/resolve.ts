/** What an address or a name means: a host, a Pod, a management controller, a Service, or something that once was. */
import { JdosError } from '../errors/index.ts';
import { type KubeClient, NODES, type Node, PODS, SERVICES } from '../kube/index.ts';
import { readInventory } from '../nodes/index.ts';
import type { Records } from '../records/index.ts';
import type { MeaningKind } from './vocabulary.ts';

export interface Meaning {
  readonly kind: MeaningKind;
  /** The host behind it. */
  readonly host: string;
  /** In words, for people who must confirm or choose. */
  readonly text: string;
}

export interface ResolveOptions {
  readonly client: Pick<KubeClient, 'listAll'>;
  readonly records: Records;
  readonly signal?: AbortSignal;
}

const NEAREST = 3;

/** @throws JdosError JDOS_ERR_HOST_UNKNOWN with the nearest by prefix, JDOS_ERR_HOST_AMBIGUOUS when several hosts are meant */
export async function resolveOne(asked: string, options: ResolveOptions): Promise<Meaning> {
  const meanings = await resolveAddress(asked, options);
  const hosts = new Set(meanings.map(({ host }) => host));
  if (hosts.size > 1) {
    const choices = meanings.map(({ text, host }) => `${host} (${text})`).join(', ');
    throw new JdosError('JDOS_ERR_HOST_AMBIGUOUS', { asked, choices });
  }
  return meanings[0]!;
}

/** All meanings, the surest first. @throws JdosError JDOS_ERR_HOST_UNKNOWN */
export async function resolveAddress(asked: string, { client, records, signal }: ResolveOptions): Promise<Meaning[]> {
  const o = signal ? { signal } : {};
  const nodes = await Array.fromAsync(client.listAll(NODES, o));
  const inventory = [...(await readInventory(records)).values()];
  const now: Meaning[] = nodes
    .filter((node) => namesOf(node).includes(asked))
    .map((node) => ({ kind: 'host', host: node.metadata.name, text: 'a host' }));
  for (const { host, ip, bmcIp, serial } of inventory) {
    if ((ip === asked || serial === asked || host === asked) && !now.some((one) => one.host === host)) {
      now.push({ kind: 'host', host, text: 'a host, by the inventory' });
    }
    if (bmcIp === asked) now.push({ kind: 'bmc', host, text: `the management controller of ${host}` });
  }
  if (isAddress(asked)) now.push(...(await podsWith(asked, client, o)), ...(await servicesWith(asked, client, o)));
  if (now.length > 0) return now;
  const past = await records.db
    .selectFrom('host_address')
    .selectAll()
    .where('address', '=', asked)
    .orderBy('last_at', 'desc')
    .execute();
  if (past.length > 0) {
    return past.map(({ host, last_at }) => ({
      kind: 'historic',
      host,
      text: `was ${host} until ${new Date(last_at).toISOString()}`,
    }));
  }
  const known = [
    ...nodes.flatMap(namesOf),
    ...inventory.flatMap(({ ip, bmcIp }) => [ip, bmcIp].filter((a) => a !== undefined)),
  ];
  const nearest = nearestTo(asked, known).join(', ') || 'none';
  throw new JdosError('JDOS_ERR_HOST_UNKNOWN', { asked, nearest });
}

/** Those that share the longest beginning with what was asked. */
export function nearestTo(asked: string, known: readonly string[], count = NEAREST): string[] {
  const shared = (other: string) => {
    let length = 0;
    while (length < asked.length && asked[length] === other[length]) length++;
    return length;
  };
  return [...new Set(known)]
    .map((name) => ({ name, length: shared(name) }))
    .filter(({ length }) => length > 0)
    .sort((a, b) => b.length - a.length || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name);
}

/** Keeps which address is whose, so that an old one still says what it was. */
export async function rememberAddresses({ db }: Records, nodes: Iterable<Node>, now: number): Promise<void> {
  const rows = [...nodes].flatMap((node) =>
    (node.status?.addresses ?? [])
      .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
      .map(({ address }) => ({ address, host: node.metadata.name, kind: 'host', first_at: now, last_at: now })),
  );
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch = rows.slice(at, at + BATCH);
    await db
      .insertInto('host_address')
      .values(batch)
      .onConflict((c) => c.columns(['address', 'host', 'kind']).doUpdateSet({ last_at: now }))
      .execute();
  }
}

const BATCH = 500;

function namesOf(node: Node): string[] {
  return [node.metadata.name, ...(node.status?.addresses ?? []).map(({ address }) => address)];
}

function isAddress(text: string): boolean {
  return /^[0-9a-f.:]+$/i.test(text) && /[.:]/.test(text);
}

async function podsWith(ip: string, client: ResolveOptions['client'], o: object): Promise<Meaning[]> {
  const pods = await Array.fromAsync(client.listAll(PODS, { ...o, fieldSelector: `status.podIP=${ip}` }));
  return pods
    .filter((pod) => pod.spec.nodeName && !pod.spec.hostNetwork)
    .map(({ metadata, spec }) => ({
      kind: 'pod',
      host: spec.nodeName!,
      text: `the Pod ${metadata.namespace}/${metadata.name} on ${spec.nodeName}`,
    }));
}

async function servicesWith(ip: string, client: ResolveOptions['client'], o: object): Promise<Meaning[]> {
  const found: Meaning[] = [];
  for await (const service of client.listAll(SERVICES, o)) {
    const ips = [
      ...(service.spec.clusterIPs ?? []),
      ...(service.status?.loadBalancer?.ingress ?? []).map((one) => one.ip),
    ];
    const { namespace, name } = service.metadata;
    if (ips.includes(ip))
      found.push({ kind: 'service', host: '', text: `the Service ${namespace}/${name}, which is no host` });
  }
  return found;
}
