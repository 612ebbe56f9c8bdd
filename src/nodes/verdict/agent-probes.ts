/**
 * Witnesses on hosts that are not simulated: the agent Pods of deploy/agent.yaml. The one on the host answers if its kubelet
 * does; those on other hosts look whether the host answers on the network.
 */
import { isStatus, type KubeClient, NODES, PODS, type Pod } from '../../kube/index.ts';
import type { HostProbes, Word } from './probes.ts';

type Client = Pick<KubeClient, 'exec' | 'get' | 'listAll'>;

const NAMESPACE = 'jdos-system';
const AGENTS = 'app.kubernetes.io/name=jdos-agent';
const PATIENCE_SECONDS = 2;
const KUBELET_PORT = 10_250;
/** What the API server says of a kubelet that it cannot reach. */
const NOT_REACHED =
  /\b(50[0-4]|dial tcp|error dialing|connection refused|no route to host|i\/o timeout|EOF|proxy error)\b/i;

export function agentProbes(client: Client): HostProbes {
  return {
    kubelet: (host, signal) => kubeletWord(client, host, signal),
    // The way to it leads through the kubelet: its silence says nothing more.
    agent: async () => ({ says: 'unknown', detail: 'is asked through the kubelet' }),
    peer: (peer, host, signal) => peerWord(client, peer, host, signal),
  };
}

async function kubeletWord(client: Client, host: string, signal: AbortSignal): Promise<Word> {
  try {
    const agent = await agentOn(client, host, signal);
    if (!agent) return { says: 'unknown', detail: 'no agent Pod is on it to be asked for' };
    await output(client, agent, ['true'], signal);
    return { says: 'alive', detail: 'runs a command in its agent' };
  } catch (error) {
    const detail = wordsOf(error);
    return { says: NOT_REACHED.test(detail) || signal.aborted ? 'dead' : 'unknown', detail };
  }
}

/** A port that is refused is a word of the host as well: only silence is none. */
async function peerWord(client: Client, peer: string, host: string, signal: AbortSignal): Promise<Word> {
  try {
    const [agent, node] = await Promise.all([agentOn(client, peer, signal), client.get(NODES, host, { signal })]);
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    if (!agent || !address)
      return { says: 'unknown', detail: agent ? 'has no address' : 'no agent Pod is there to look' };
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT;
    return lookOf(await output(client, agent, look(address, port), signal));
  } catch (error) {
    return { says: 'unknown', detail: wordsOf(error) };
  }
}

/** Prints `open`, or in nc's words why not. */
function look(address: string, port: number): string[] {
  const script = 'nc -w "$3" "$1" "$2" </dev/null && echo open';
  return ['/bin/sh', '-c', script, 'look', address, String(port), String(PATIENCE_SECONDS)];
}

function lookOf(text: string): Word {
  if (/open|refused/i.test(text)) return { says: 'alive', detail: 'answers on the network' };
  return { says: 'dead', detail: 'does not answer on the network' };
}

async function agentOn(client: Client, host: string, signal: AbortSignal): Promise<Pod | undefined> {
  const scope = { namespace: NAMESPACE, labelSelector: AGENTS, fieldSelector: `spec.nodeName=${host}`, signal };
  const pods = await Array.fromAsync(client.listAll(PODS, scope));
  return pods.find(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
}

/** Both streams as one. */
async function output(client: Client, pod: Pod, command: readonly string[], signal: AbortSignal): Promise<string> {
  const session = await client.exec(pod.metadata.name, { namespace: NAMESPACE, command, signal });
  try {
    const texts = await Promise.all([session.stdout, session.stderr].map(textOf));
    await session.exitCode;
    return texts.join('');
  } finally {
    session.close();
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(stream)).toString();
}

function wordsOf(error: unknown): string {
  if (isStatus(error, 'NotFound')) return 'there is no such thing';
  return error instanceof Error ? error.message : String(error);
}
