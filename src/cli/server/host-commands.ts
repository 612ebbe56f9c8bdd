/** Commands on hosts themselves: simulated ones understand some, and there is no way to others from here. */
import type { Transport } from '../../batch/index.ts';
import { runHostCommand } from '../../fleet/index.ts';
import type { KubeClient } from '../../kube/index.ts';

/** As ssh says it. */
const NO_ANSWER = 255;

export function hostCommandsThrough(client: KubeClient): Transport {
  return {
    name: 'fleet',
    async run({ name }, { command }) {
      const [shell, , line] = command;
      const words = shell === '/bin/sh' && line !== undefined ? [line] : command;
      const { code, output } = await runHostCommand(client, name, words);
      if (code === NO_ANSWER) throw new Error(output);
      return { rc: code, stdout: Buffer.from(output), stderr: Buffer.from('') };
    },
  };
}
