/** Hosts of the simulated fleet tell their facts at their own endpoint, which the API server passes on. */
import type { KubeClient } from '../../kube/index.ts';
import type { Transport } from './transport.ts';

export function nodeProxyTransport(client: Pick<KubeClient, 'request'>): Transport {
  return {
    name: 'node',
    async collect({ host }, signal) {
      const path = `/api/v1/nodes/${encodeURIComponent(host)}/proxy/facts`;
      const { status, body } = await client.request('GET', path, { signal });
      const text = body.toString();
      if (status === 200) return { text };
      throw new Error(messageIn(text) ?? `HTTP ${status}`);
    },
  };
}

function messageIn(text: string): string | undefined {
  try {
    const status = JSON.parse(text) as { message?: unknown };
    return typeof status.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}
