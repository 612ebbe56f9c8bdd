/** Pods are reached by exec and hosts by ssh, unless something else is said. */
import { podExecTransport, sshTransport, type Transport } from '../../batch/index.ts';
import type { KubeClient } from '../../kube/index.ts';

export function transportOf(
  client: KubeClient,
  { by, user }: { readonly by?: 'exec' | 'ssh'; readonly user?: string },
): Transport {
  const [exec, ssh] = [podExecTransport(client), sshTransport(user ? { user } : {})];
  const of = (kind: 'pod' | 'host') => (by === 'ssh' || (by === undefined && kind === 'host') ? ssh : exec);
  return { name: by ?? 'auto', run: (target, request) => of(target.kind).run(target, request) };
}
