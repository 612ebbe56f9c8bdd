/** Pods are reached by exec and hosts by ssh, unless something else is said. */
import process from 'node:process';
import { podExecTransport, serfTransport, sshTransport, type Transport } from '../../batch/index.ts';
import type { KubeClient } from '../../kube/index.ts';

export const WAYS = ['exec', 'ssh', 'serf'] as const;

export interface WayOptions {
  readonly by?: (typeof WAYS)[number];
  readonly user?: string;
  /** Where the agent of serf answers. */
  readonly serf: string;
}

/** The agent's key is $JDOS_SERF_KEY: arguments are seen by everybody. */
export function transportOf(client: KubeClient, { by, user, serf: address }: WayOptions): Transport {
  const [exec, ssh] = [
    podExecTransport(client),
    sshTransport({ ...(user && { user }), config: process.env.JDOS_SSH_CONFIG }),
  ];
  const serf = serfTransport({ address, key: process.env.JDOS_SERF_KEY });
  const ways = { exec, ssh, serf };
  const of = (kind: 'pod' | 'host') => (by ? ways[by] : kind === 'host' ? ssh : exec);
  return {
    name: by ?? 'auto',
    run: async (target, request) => of(target.kind).run(target, request),
    close: () => serf.close?.(),
  };
}
