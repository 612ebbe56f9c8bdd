/** What is there, in the form of Ansible's dynamic inventories. `_meta` is always there, so that nobody asks host by host. */
import { RACK, STATUS, ZONE } from '../../nodes/index.ts';
import type { Target } from '../target.ts';

export interface InventoryOptions {
  /** Of the process that runs commands in Pods for the connection plugin. */
  readonly socket: string;
  /** How that process is started if nobody listens there. */
  readonly program: readonly string[];
  /** Hosts of which the last inspection has found something, by check. */
  readonly bad?: Readonly<Record<string, readonly string[]>>;
}

interface Group {
  hosts: string[];
}

export type Inventory = Record<
  string,
  Group | { hosts?: string[]; children?: string[]; hostvars?: Record<string, object> }
>;

/** Hosts are reached by ssh, Pods by the connection plugin `jdos`. Names of Pods are `namespace.pod`: they differ from all others. */
export function ansibleInventory(targets: readonly Target[], options: InventoryOptions): Inventory {
  const groups = new Map<string, Set<string>>();
  const hostvars: Record<string, object> = {};
  const put = (group: string, name: string) => {
    const safe = group.replace(/[^A-Za-z0-9_]/g, '_');
    groups.set(safe, (groups.get(safe) ?? new Set()).add(name));
  };
  for (const target of targets) {
    const name = inventoryName(target);
    hostvars[name] = variablesOf(target, options);
    for (const group of groupsOf(target)) put(group, name);
  }
  for (const [check, hosts] of Object.entries(options.bad ?? {})) {
    for (const host of hosts) if (hostvars[host]) put(`bad_${check}`, host);
  }
  const named = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, hosts]) => [group, { hosts: [...hosts].sort() }] as const);
  return { ...Object.fromEntries(named), _meta: { hostvars } };
}

export function inventoryName({ kind, name, namespace }: Target): string {
  return kind === 'pod' ? `${namespace}.${name}` : name;
}

function groupsOf({ kind, labels, namespace, host }: Target): string[] {
  if (kind === 'pod') {
    const app = labels.app ?? labels['app.kubernetes.io/name'];
    return ['pods', `namespace_${namespace}`, ...(app ? [`app_${app}`] : []), ...(host ? [`on_${host}`] : [])];
  }
  const pool = labels['jdos.jd.com/pool'];
  const of = (prefix: string, key: string) => (labels[key] ? [`${prefix}_${labels[key]}`] : []);
  return [
    'hosts',
    ...of('zone', ZONE),
    ...of('rack', RACK),
    ...of('status', STATUS),
    ...(pool ? [`pool_${pool}`] : []),
  ];
}

function variablesOf(
  { kind, namespace, pod, container, address, labels, host }: Target,
  { socket, program }: InventoryOptions,
): object {
  if (kind === 'host') return { ansible_host: address, jdos_labels: labels };
  return {
    ansible_connection: 'jdos',
    ansible_jdos_socket: socket,
    ansible_jdos_program: program,
    ansible_jdos_namespace: namespace,
    ansible_jdos_pod: pod,
    ...(container && { ansible_jdos_container: container }),
    jdos_labels: labels,
    jdos_host: host,
  };
}
