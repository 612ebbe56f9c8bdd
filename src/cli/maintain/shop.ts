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
import { type CommandResult, RepairError, type RepairShop } from '../../maintenance/index.ts';
import { CutOff, type SshOptions } from '../../shell/index.ts';

const NAMESPACE = 'jdos-repair';
const LABELS = 'app.kubernetes.io/name=jdos-repair';
/** In all namespaces of the host's first process: as if somebody had signed in there. */
const ON_HOST = ['nsenter', '-t', '1', '-m', '-u', '-i', '-n', '-p', '--'];
/** Of a simulated host that does not answer. */
const NO_ANSWER = 255;

/** How repairs sign in by ssh: not at all without a user. */
export type RepairSsh = Pick<SshOptions, 'user' | 'config'>;

export function shopThrough(client: KubeClient, ssh: RepairSsh = sshOfSite()): RepairShop {
  return {
    async run(host, command, timeoutMs, signal) {
      const node = await client.get(NODES, host, { signal });
      if (node.metadata.labels?.[SIMULATED] === 'true') return simulated(client, host, command);
      const way = (await repairPod(client, host, signal)) ?? (ssh.user ? bySsh(node, ssh) : undefined);
      if (way) return runOn(way, command, timeoutMs, signal);
      const closed = `no way to repair ${host} is open: apply deploy/repair.yaml, or set JDOS_REPAIR_SSH_USER`;
      throw new RepairError('not-reached', closed);
    },
  };
}

/** What whoever runs this has opened. */
export function sshOfSite(): RepairSsh {
  const { JDOS_REPAIR_SSH_USER: user, JDOS_SSH_CONFIG: config } = process.env;
  return user ? { user, config } : {};
}

interface Way {
  readonly transport: Transport;
  readonly target: Target;
  readonly before: readonly string[];
}

async function runOn(
  { transport, target, before }: Way,
  command: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<CommandResult> {
  const late = AbortSignal.timeout(timeoutMs);
  const request = { command: [...before, ...command], timeoutMs, signal: AbortSignal.any([signal, late]) };
  try {
    const { rc, stdout, stderr } = await transport.run(target, request);
    return { code: rc, output: Buffer.concat([stdout, stderr]).toString().trim() };
  } catch (cause) {
    signal.throwIfAborted();
    if (late.aborted)
      throw new RepairError('late', `it has not ended within ${timeoutMs / 1000} s, and may still run`, { cause });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RepairError(cause instanceof CutOff ? 'cut-off' : 'not-reached', why, { cause });
  }
}

async function simulated(client: KubeClient, host: string, command: readonly string[]): Promise<CommandResult> {
  const result = await runHostCommand(client, host, command);
  if (result.code === NO_ANSWER) throw new RepairError('not-reached', result.output);
  return result;
}

async function repairPod(client: KubeClient, host: string, signal: AbortSignal): Promise<Way | undefined> {
  const scope = { namespace: NAMESPACE, labelSelector: LABELS, fieldSelector: `spec.nodeName=${host}`, signal };
  for await (const pod of client.listAll(PODS, scope)) {
    if (pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp)
      return { transport: podExecTransport(client), target: podTarget(pod), before: ON_HOST };
  }
  return undefined;
}

function bySsh(node: Node, ssh: RepairSsh): Way {
  return { transport: sshTransport(ssh), target: hostTarget(node), before: [] };
}
