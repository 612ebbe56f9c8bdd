/**
 * Who is meant. `@shop/web` is the Pods of an application, `pods:app=web` Pods by labels, `hosts:zone=gz-1,!rack=r12` hosts by
 * labels (the eight labels of hosts by their short names), `bad:time.offset` hosts with a finding of that check, `host:a,b` by name.
 */
import { JdosError } from '../errors/index.ts';
import { type KubeClient, NODES, type Node, PODS, type Pod, parseLabelSelector } from '../kube/index.ts';
import { RACK, ZONE } from '../nodes/index.ts';
import type { Target } from './target.ts';

export interface SelectOptions {
  readonly client: Pick<KubeClient, 'listAll'>;
  /** Of Pods. @default all */
  readonly namespace?: string;
  /** Of Pods; the first one otherwise. */
  readonly container?: string;
  /** Hosts of which the last inspection has found something, by check. */
  readonly bad?: (check: string) => Promise<readonly string[]>;
}

const SHORT = ['status', 'zone', 'rack', 'disk.type', 'cpu.model', 'net.status', 'net.pod', 'image.status'];

/** @throws JdosError JDOS_ERR_USAGE when it cannot be understood */
export async function selectTargets(text: string, options: SelectOptions): Promise<Target[]> {
  const [, kind = '', rest = ''] = /^(@|pods:|hosts:|host:|bad:|all$)?(.*)$/s.exec(text.trim()) ?? [];
  if (kind === '@') return podsOfApplication(rest, options);
  if (kind === 'hosts:') return hostsWith(rest, options);
  if (kind === 'host:') return hostsNamed(rest.split(',').filter(Boolean), options);
  if (kind === 'bad:') return hostsNamed(await badHosts(rest, options), options);
  return podsWith(kind === 'all' ? '' : rest, options);
}

/** Short names of the host labels become whole ones: `zone=gz-1,!rack` → `jdos.jd.com/zone=gz-1,!jdos.jd.com/rack`. */
export function hostSelector(text: string): string {
  const names = SHORT.map((name) => name.replace('.', '\\.')).join('|');
  const negated = text.replace(/(^|,)\s*!\s*([\w./-]+)=([^,]+)/g, '$1$2!=$3');
  return negated.replace(
    new RegExp(`(^|,)(\\s*!?\\s*)(${names})(?=[\\s=!,]|$| in | notin )`, 'g'),
    '$1$2jdos.jd.com/$3',
  );
}

async function podsWith(labels: string, { client, namespace, container }: SelectOptions): Promise<Target[]> {
  const labelSelector = checked(labels);
  const scope = { ...(namespace && { namespace }), ...(labelSelector && { labelSelector }) };
  const pods = await Array.fromAsync(client.listAll(PODS, scope));
  return pods.filter(isThere).map((pod) => podTarget(pod, container));
}

/** `namespace/name`, of Pods whose name begins with it and whose controller is of that name, or an instance label says so. */
async function podsOfApplication(path: string, { client, container }: SelectOptions): Promise<Target[]> {
  const [, namespace, name] = /^([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (!namespace || !name) throw usage(`@${path}`, '@namespace/application');
  const pods = await Array.fromAsync(client.listAll(PODS, { namespace }));
  return pods.filter((pod) => isThere(pod) && isOf(pod, name)).map((pod) => podTarget(pod, container));
}

function isOf({ metadata }: Pod, application: string): boolean {
  const owner = metadata.ownerReferences?.find((one) => one.controller)?.name;
  const hash = metadata.labels?.['pod-template-hash'];
  return owner === application || (hash !== undefined && owner === `${application}-${hash}`);
}

async function hostsWith(labels: string, { client }: SelectOptions): Promise<Target[]> {
  const labelSelector = checked(hostSelector(labels === 'all' ? '' : labels));
  return (await Array.fromAsync(client.listAll(NODES, { ...(labelSelector && { labelSelector }) }))).map(hostTarget);
}

async function hostsNamed(names: readonly string[], { client }: SelectOptions): Promise<Target[]> {
  const all = (await Array.fromAsync(client.listAll(NODES))).map(hostTarget);
  return all.filter(({ name, address }) => names.includes(name) || (address !== undefined && names.includes(address)));
}

async function badHosts(check: string, { bad }: SelectOptions): Promise<readonly string[]> {
  if (!bad) throw usage(`bad:${check}`, 'a selector of labels: no inspection is kept here');
  return bad(check);
}

export function podTarget(pod: Pod, container?: string): Target {
  const { name, namespace = 'default', labels = {} } = pod.metadata;
  const { nodeName } = pod.spec;
  return {
    name,
    kind: 'pod',
    namespace,
    pod: name,
    labels,
    ...(container && { container }),
    ...(nodeName && { host: nodeName }),
  };
}

export function hostTarget({ metadata, status }: Node): Target {
  const { name, labels = {} } = metadata;
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  const [rack, zone] = [labels[RACK], labels[ZONE]];
  return {
    name,
    kind: 'host',
    host: name,
    labels,
    address: address ?? name,
    ...(rack && { rack }),
    ...(zone && { zone }),
  };
}

function isThere({ spec, status }: Pod): boolean {
  return spec.nodeName !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

function checked(selector: string): string {
  try {
    return parseLabelSelector(selector).toString();
  } catch (cause) {
    throw usage(selector, 'a label selector such as app=web,tier!=cache', cause);
  }
}

function usage(found: string, expected: string, cause?: unknown): JdosError {
  return new JdosError('JDOS_ERR_USAGE', { detail: `selector ${found}: expected ${expected}` }, { cause });
}
