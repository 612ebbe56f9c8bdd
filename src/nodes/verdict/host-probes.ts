/** The witnesses of each host by what it is: simulated hosts have endpoints of their own, all others agent Pods. */

import { SIMULATED } from '../../fleet/index.ts';
import { type KubeClient, NODES } from '../../kube/index.ts';
import { agentProbes } from './agent-probes.ts';
import { type HostProbes, simulatedProbes } from './probes.ts';

export function probesThrough(client: Pick<KubeClient, 'exec' | 'get' | 'listAll' | 'request'>): HostProbes {
  const [simulated, real] = [simulatedProbes(client), agentProbes(client)];
  const of = async (host: string, signal: AbortSignal) => {
    const { metadata } = await client.get(NODES, host, { signal });
    return metadata.labels?.[SIMULATED] === 'true' ? simulated : real;
  };
  const asked = async (
    host: string,
    signal: AbortSignal,
    ask: (probes: HostProbes) => ReturnType<HostProbes['kubelet']>,
  ) => {
    try {
      return await ask(await of(host, signal));
    } catch (error) {
      return { says: 'unknown', detail: error instanceof Error ? error.message : String(error) } as const;
    }
  };
  return {
    kubelet: (host, signal) => asked(host, signal, (probes) => probes.kubelet(host, signal)),
    agent: (host, signal) => asked(host, signal, (probes) => probes.agent(host, signal)),
    peer: (peer, host, signal) => asked(peer, signal, (probes) => probes.peer(peer, host, signal)),
  };
}
