/** Asks about a host over ways that are not its Lease: its kubelet, its agent, and hosts of other racks. */
import { isStatus, type KubeClient, StatusError } from '../../kube/index.ts';
import type { Evidence } from './verdict.ts';

export type Word = Pick<Evidence, 'says' | 'detail'>;

export interface HostProbes {
  kubelet(host: string, signal: AbortSignal): Promise<Word>;
  agent(host: string, signal: AbortSignal): Promise<Word>;
  /** What `peer` finds when it looks at `host`. */
  peer(peer: string, host: string, signal: AbortSignal): Promise<Word>;
}

/** Simulated hosts answer over the API server's way to them. A way that is not there, or not allowed, says nothing. */
export function simulatedProbes(client: Pick<KubeClient, 'request'>): HostProbes {
  const ask = (host: string, path: string, signal: AbortSignal) =>
    word(client, `/api/v1/nodes/${encodeURIComponent(host)}/proxy/${path}`, signal);
  return {
    kubelet: (host, signal) => ask(host, 'healthz', signal),
    agent: (host, signal) => ask(host, 'facts', signal),
    peer: (peer, host, signal) => ask(peer, `reach?host=${encodeURIComponent(host)}`, signal),
  };
}

const DEAD_MARK = 'does not answer';

/** A peer that says so, and a kubelet that cannot be reached, are words; everything else is none. */
async function word(client: Pick<KubeClient, 'request'>, path: string, signal: AbortSignal): Promise<Word> {
  try {
    const { status, body } = await client.request('GET', path, { signal });
    const text = Buffer.from(body.subarray(0, 200)).toString().trim();
    const line = text.split('\n')[0] ?? '';
    if (status === 200)
      return line.includes(DEAD_MARK) ? { says: 'dead', detail: line } : { says: 'alive', detail: 'answers' };
    return { says: status === 502 || status === 503 ? 'dead' : 'unknown', detail: messageIn(text) };
  } catch (error) {
    if (error instanceof StatusError && isStatus(error, 'ServiceUnavailable'))
      return { says: 'dead', detail: error.message };
    return { says: 'unknown', detail: error instanceof Error ? error.message : String(error) };
  }
}

function messageIn(text: string): string {
  return /"message":"((?:[^"\\]|\\.)*)/.exec(text)?.[1] ?? text;
}
