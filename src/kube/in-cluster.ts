import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterTarget } from './cluster-target.ts';
import { TokenFile } from './token-file.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The cluster this process runs in as a Pod, signed in as its ServiceAccount; undefined where there is none. */
export async function inClusterTarget(
  env: Readonly<Record<string, string | undefined>> = process.env,
  account: string = ACCOUNT,
): Promise<ClusterTarget | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (!host) return undefined;
  const ca = await readFile(join(account, 'ca.crt'), 'utf8').catch(() => undefined);
  if (ca === undefined) return undefined;
  const namespace = await readFile(join(account, 'namespace'), 'utf8').catch(() => 'default');
  const file = new TokenFile(join(account, 'token'));
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: namespace.trim(),
    tls: { ca },
    authorization: async () => `Bearer ${await file.token()}`,
    renew: () => file.forget(),
  };
}
