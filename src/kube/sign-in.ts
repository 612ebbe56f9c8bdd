/** What a kubeconfig's user puts into the `authorization` header. */

import type { ClusterTarget, ClusterTls } from './cluster-target.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import { TokenFile } from './token-file.ts';

export type SignIn = Pick<ClusterTarget, 'authorization' | 'renew'> & { readonly tls?: ClusterTls };

export async function signIn(cluster: KubeconfigCluster, user: KubeconfigUser): Promise<SignIn> {
  if (user.exec || user['auth-provider']) return pluginSignIn(cluster, user);
  if (user.tokenFile) return fileSignIn(user.tokenFile);
  if (user.token) return { authorization: () => `Bearer ${user.token}` };
  if (user.username === undefined) return {};
  const basic = Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64');
  return { authorization: () => `Basic ${basic}` };
}

function fileSignIn(path: string): SignIn {
  const file = new TokenFile(path);
  return { authorization: async () => `Bearer ${await file.token()}`, renew: () => file.forget() };
}

/** Plugins and providers are @kubernetes/client-node's: it is large, and loaded for those who need it only. */
async function pluginSignIn(cluster: KubeconfigCluster, user: KubeconfigUser): Promise<SignIn> {
  const open = await pluginConfig(cluster, user);
  let config = open();
  const apply = async () => {
    const options: { headers?: Record<string, string>; cert?: unknown; key?: unknown } = { headers: {} };
    await config.applyToHTTPSOptions(options as Parameters<typeof config.applyToHTTPSOptions>[0]);
    return options;
  };
  const { cert, key } = await apply();
  return {
    authorization: async () => (await apply()).headers?.Authorization,
    renew: () => {
      config = open();
    },
    ...(cert && key ? { tls: { cert: String(cert), key: String(key) } } : {}),
  };
}

/** A fresh one remembers no credential. */
async function pluginConfig(cluster: KubeconfigCluster, user: KubeconfigUser) {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const text = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    clusters: [{ name: 'it', cluster }],
    users: [{ name: 'it', user }],
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it' } }],
  });
  return () => {
    const config = new KubeConfig();
    config.loadFromString(text);
    return config;
  };
}
