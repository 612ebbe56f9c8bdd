/** By the agent Pod on the host: a shell in the host's root is given the collector. See deploy/agent.yaml. */
import { type KubeClient, PODS, type Pod } from '../../kube/index.ts';
import type { Transport } from './transport.ts';

export interface ExecOptions {
  /** @default 'jdos-system' */
  readonly namespace?: string;
  /** @default 'app.kubernetes.io/name=jdos-agent' */
  readonly selector?: string;
  /** @default a shell in the host's root, which the agent has at /host */
  readonly command?: readonly string[];
  /** The way to hosts on which no agent runs. */
  readonly otherwise?: Transport;
}

const IN_HOST = ['chroot', '/host', '/bin/sh', '-s'];
/** So long the list of agents is believed. */
const FRESH_MS = 30_000;

export function execTransport(
  client: Pick<KubeClient, 'exec' | 'listAll'>,
  script: string,
  o: ExecOptions = {},
): Transport {
  const { namespace = 'jdos-system', selector = 'app.kubernetes.io/name=jdos-agent', command = IN_HOST } = o;
  let listed: { at: number; agents: Promise<ReadonlyMap<string, Pod>> } | undefined;
  const agents = () => {
    if (!listed || Date.now() - listed.at > FRESH_MS) {
      const list = Array.fromAsync(client.listAll(PODS, { namespace, labelSelector: selector }));
      listed = { at: Date.now(), agents: list.then(runningByHost) };
      listed.agents.catch(() => {
        listed = undefined;
      });
    }
    return listed.agents;
  };
  return {
    name: 'exec',
    async collect(subject, signal) {
      const agent = (await agents()).get(subject.host);
      if (!agent && o.otherwise) return o.otherwise.collect(subject, signal);
      if (!agent) throw new Error(`no agent Pod runs on the host (namespace ${namespace}, ${selector})`);
      const session = await client.exec(agent.metadata.name, { namespace, command, stdin: true, signal });
      session.write(script);
      session.end();
      const [text, errors] = await Promise.all([textOf(session.stdout), textOf(session.stderr)]);
      const code = await session.exitCode;
      if (code === 0 || text.includes('jdos-facts 1 ')) return { text };
      throw new Error(errors.trim().split('\n').at(-1) || `the shell ended with ${code}`);
    },
  };
}

function runningByHost(pods: readonly Pod[]): ReadonlyMap<string, Pod> {
  const running = pods.filter((pod) => pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined);
  return new Map(running.map((pod) => [pod.spec.nodeName ?? '', pod]));
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}
