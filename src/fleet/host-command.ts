/**
 * Commands on simulated hosts. One that would mend a fault on a real host mends it here, by taking the fault away from
 * this host; of every other it says that it is not understood. It never pretends to have done something.
 */
import { CONFIG_MAPS, type ConfigMap, type KubeClient, NODES } from '../kube/index.ts';
import { type Fault, isPast, parseFault } from './fault.ts';
import type { FaultKind } from './fault-kind.ts';
import { strikesHost } from './fault-set.ts';
import { FAULT, FAULT_NAMESPACE, SIMULATED } from './names.ts';

export interface HostCommandResult {
  /** 127 for what is not understood, 255 for a host that does not answer, as a shell and ssh have it. */
  readonly code: number;
  readonly output: string;
}

/** What each command would mend. */
const MENDS: Readonly<Record<string, readonly FaultKind[]>> = {
  'systemctl restart kubelet': ['kubelet-silent', 'kubelet-restarts'],
  'systemctl restart cadvisor': ['cadvisor-down', 'limit-lost'],
  'systemctl restart thor': ['agent-down'],
  'systemctl reboot': ['kubelet-silent', 'clock-skew', 'processes', 'memory-usage', 'high-load', 'file-handles'],
  'chronyc makestep': ['clock-skew'],
  'crictl rmi --prune': ['disk-full', 'disk-usage'],
  'sysctl -w kernel.pid_max=4194304 net.netfilter.nf_conntrack_max=1048576': ['pid-max', 'conntrack'],
  true: [],
};

export async function runHostCommand(
  client: Pick<KubeClient, 'get' | 'listAll' | 'delete' | 'replace'>,
  host: string,
  command: readonly string[],
  now = Date.now(),
): Promise<HostCommandResult> {
  const { metadata } = await client.get(NODES, host);
  if (metadata.labels?.[SIMULATED] !== 'true') throw new Error(`${host} is no simulated host`);
  const aim = { name: host, labels: metadata.labels };
  const maps = await Array.fromAsync(client.listAll(CONFIG_MAPS, { namespace: FAULT_NAMESPACE, labelSelector: FAULT }));
  const standing = maps
    .map((map) => ({ map, fault: parseFault(map) }))
    .filter(({ fault }) => !isPast(fault, now) && strikesHost(fault, aim));
  const dead = standing.some(({ fault }) => fault.kind === 'host-silent' || fault.kind === 'rack-down');
  if (dead) return { code: 255, output: `simulated host ${host} does not answer` };
  const line = command.join(' ');
  const mends = Object.hasOwn(MENDS, line) ? MENDS[line] : undefined;
  if (!mends) return { code: 127, output: `${line}: not understood by a simulated host` };
  const struck = standing.filter(({ fault }) => mends.includes(fault.kind));
  const lines: string[] = [];
  for (const { map, fault } of struck) lines.push(await mend(client, host, map, fault));
  const left = lines.some((text) => text.endsWith(STANDS));
  return { code: left ? 1 : 0, output: lines.join('; ') || `simulated: ${line} found nothing to mend` };
}

const STANDS = 'stands: it strikes more hosts than this one and is cleared with `jdos fleet fault clear`';

async function mend(
  client: Pick<KubeClient, 'delete' | 'replace'>,
  host: string,
  map: ConfigMap,
  { name, target }: Fault,
): Promise<string> {
  if (!target.hosts) return `simulated: fault ${name} ${STANDS}`;
  const others = target.hosts.filter((one) => one !== host);
  const { resourceVersion } = map.metadata;
  if (others.length > 0) await client.replace(CONFIG_MAPS, { ...map, data: { ...map.data, hosts: others.join(',') } });
  else await client.delete(CONFIG_MAPS, name, { namespace: FAULT_NAMESPACE, preconditions: { resourceVersion } });
  return `simulated: fault ${name} is gone from ${host}`;
}
