/**
 * The way on which repairs get to hosts. A site opens one by what it installs: the repair Pods of deploy/repair.yaml, or keys
 * for ssh. Where neither is there, nothing is run.
 */
import process from 'node:process';
import {
  hostTarget,
  podExecTransport,
  podTarget,
  sshTransport,
  type Target,
  type Transport,
} from '../../batch/index.ts';
import { runHostCommand, SIMULATED } from '../../fleet/index.ts';
import { type KubeClient, NODES, type Node, PODS } from '../../kube/index.ts';
import type { RepairShop } from '../../maintenance/index.ts';

const NAMESPACE = 'jdos-repair';
const LABELS = 'app.kubernetes.io/name=jdos-repair';
/** In all namespaces of the host's first process: as if somebody had signed in there. */
const ON_HOST = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];

export function shopThrough(client: KubeClient, sshUser = process.env.JDOS_REPAIR_SSH_USER): RepairShop {
  return {
    async run(host, command, timeoutMs, signal) {
      const node = await client.get(NODES, host, { signal });
      if (node.metadata.labels?.[SIMULATED] === 'true') return runHostCommand(client, host, command);
      const way = (await repairPod(client, host, signal)) ?? (sshUser ? bySsh(node, sshUser) : undefined);
      if (!way)
        throw new Error(`no way to repair ${host} is open: apply deploy/repair.yaml, or set JDOS_REPAIR_SSH_USER`);
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const request = { command: [...way.before, ...command], timeoutMs, signal: late };
      const { rc, stdout, stderr } = await way.transport.run(way.target, request);
      return { code: rc, output: Buffer.concat([stdout, stderr]).toString().trim() };
    },
  };
}

interface Way {
  readonly transport: Transport;
  readonly target: Target;
  readonly before: readonly string[];
}

async function repairPod(client: KubeClient, host: string, signal: AbortSignal): Promise<Way | undefined> {
  const scope = { namespace: NAMESPACE, labelSelector: LABELS, fieldSelector: `spec.nodeName=${host}`, signal };
  for await (const pod of client.listAll(PODS, scope)) {
    if (pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp)
      return { transport: podExecTransport(client), target: podTarget(pod), before: ON_HOST };
  }
  return undefined;
}

function bySsh(node: Node, user: string): Way {
  return { transport: sshTransport({ user }), target: hostTarget(node), before: [] };
}
