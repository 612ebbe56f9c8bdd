/** Into containers, over the API server: one process and its connections for however many Pods. */
import { type KubeClient, StatusError } from '../../kube/index.ts';
import { CutOff } from '../../shell/index.ts';
import type { Transport } from '../target.ts';

export function podExecTransport(client: Pick<KubeClient, 'exec'>): Transport {
  return {
    name: 'exec',
    async run({ namespace = 'default', pod = '', container }, { command, stdin, signal }) {
      const session = await client.exec(pod, {
        namespace,
        command,
        signal,
        ...(container && { container }),
        ...(stdin !== undefined && { stdin: true }),
      });
      try {
        if (stdin !== undefined) {
          session.write(stdin);
          session.end();
        }
        const [stdout, stderr, rc] = await Promise.all([
          bytesOf(session.stdout),
          bytesOf(session.stderr),
          session.exitCode,
        ]);
        return { rc, stdout, stderr };
      } catch (cause) {
        signal.throwIfAborted();
        // The server itself says that it could not be begun.
        if (cause instanceof StatusError) throw cause;
        throw new CutOff(cause instanceof Error ? cause.message : String(cause), { cause });
      } finally {
        session.close();
      }
    },
  };
}

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(stream));
}
