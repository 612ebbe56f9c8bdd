/**
 * Commands on hosts themselves. Simulated ones understand some; to others a site opens a way, or there is none: ssh as the
 * user of $JDOS_HOST_SSH_USER, or the agent of serf at $JDOS_SERF.
 */
import { serfTransport, sshTransport, type Transport } from '../../batch/index.ts';
import { runHostCommand, SIMULATED } from '../../fleet/index.ts';
import { type KubeClient, NODES } from '../../kube/index.ts';

/** As ssh says it. */
const NO_ANSWER = 255;

type Environment = Readonly<Record<string, string | undefined>>;

export function hostCommandsThrough(client: KubeClient, env: Environment): Transport {
  const way = wayOf(env);
  return {
    name: way?.name ?? 'fleet',
    async run(target, request) {
      const { metadata } = await client.get(NODES, target.name, { signal: request.signal });
      if (metadata.labels?.[SIMULATED] === 'true') return simulated(client, target.name, request.command);
      if (way) return way.run(target, request);
      throw new Error('no way to hosts is open: set JDOS_HOST_SSH_USER or JDOS_SERF where the console runs');
    },
    close: () => way?.close?.(),
  };
}

function wayOf({ JDOS_HOST_SSH_USER: user, JDOS_SSH_CONFIG: config, ...env }: Environment): Transport | undefined {
  if (user) return sshTransport({ user, config });
  return env.JDOS_SERF ? serfTransport({ address: env.JDOS_SERF, key: env.JDOS_SERF_KEY }) : undefined;
}

async function simulated(client: KubeClient, host: string, command: readonly string[]) {
  const [shell, , line] = command;
  const words = shell === '/bin/sh' && line !== undefined ? [line] : command;
  const { code, output } = await runHostCommand(client, host, words);
  if (code === NO_ANSWER) throw new Error(output);
  return { rc: code, stdout: Buffer.from(output), stderr: Buffer.from('') };
}
