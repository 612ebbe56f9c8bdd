/** Which way leads to which host. */
import type { KubeClient } from '../kube/index.ts';
import type { SshOptions } from '../shell/index.ts';
import { withBreaker } from './breaker.ts';
import { collectorScript } from './collector.ts';
import type { Settings } from './settings.ts';
import type { Subject } from './subject.ts';
import { execTransport } from './transports/exec.ts';
import { fileTransport } from './transports/file.ts';
import { nodeProxyTransport } from './transports/node-proxy.ts';
import { localTransport, sshTransport } from './transports/shell.ts';
import type { Transport } from './transports/transport.ts';

export const WAYS = ['auto', 'exec', 'ssh', 'file', 'local', 'node'] as const;
export type Way = (typeof WAYS)[number];

export interface ReachOptions {
  readonly client?: KubeClient;
  readonly settings: Settings;
  /** @default 'auto': simulated hosts by their own endpoint, others by their agent Pod, or else by ssh if that is said */
  readonly way?: Way;
  readonly ssh?: SshOptions | undefined;
  /** Where agents drop their facts. */
  readonly dir?: string;
}

export type Reach = (subject: Subject) => Transport;

const SIMULATED = 'fleet.jdos.jd.com/simulated';

export function reachOf({ client, settings, way = 'auto', ssh, dir }: ReachOptions): Reach {
  const script = collectorScript(settings.collector);
  const made = new Map<string, Transport>();
  const make = (name: Exclude<Way, 'auto'>): Transport => {
    if (name === 'local') return localTransport(script);
    if (name === 'ssh') return sshTransport(script, ssh);
    if (name === 'file') return fileTransport({ dir: dir ?? '.' });
    if (!client) throw new Error(`${name} needs a cluster`);
    if (name === 'node') return nodeProxyTransport(client);
    return execTransport(client, script, way === 'auto' && ssh ? { otherwise: sshTransport(script, ssh) } : {});
  };
  return ({ labels }) => {
    const name = way !== 'auto' ? way : labels[SIMULATED] === 'true' ? 'node' : 'exec';
    const transport = made.get(name) ?? withBreaker(make(name));
    made.set(name, transport);
    return transport;
  };
}
