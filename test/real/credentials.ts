/** Throw-away certificates, keys and kubeconfigs of a control plane, as files in one directory. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type KeyPair } from '../../src/controlplane/access/pki.ts';

export interface Credentials {
  readonly caFile: string;
  readonly caPem: string;
  readonly serverCert: string;
  readonly serverKey: string;
  /** With which the API server goes to a kubelet. */
  readonly kubeletClientCert: string;
  readonly kubeletClientKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly admin: KeyPair;
  /** Writes a kubeconfig for a user and gives its path; `server` where the user reaches the plane by another address. */
  kubeconfig(user: string, groups?: readonly string[], server?: string): Promise<string>;
  /** A certificate for another server of the cluster, such as a kubelet. */
  serving(names: readonly string[]): Promise<KeyPair>;
}

/** Whatever the address, this is in the server's certificate. */
const SERVER_NAME = 'localhost';

export async function makeCredentials(dir: string, server: string): Promise<Credentials> {
  const authority = await Authority.open(dir);
  const file = (name: string, text: string) => {
    const path = join(dir, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const serving = await authority.server(['127.0.0.1', SERVER_NAME, 'kubernetes.default.svc', '10.96.0.1']);
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const admin = await authority.client('admin', ['system:masters']);
  return {
    caFile: join(dir, 'ca.crt'),
    caPem: authority.certPem,
    serverCert: file('server.crt', serving.certPem),
    serverKey: file('server.key', serving.keyPem),
    kubeletClientCert: file('kubelet-client.crt', admin.certPem),
    kubeletClientKey: file('kubelet-client.key', admin.keyPem),
    serviceAccountKey: file('sa.key', signing.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    serviceAccountPublicKey: file('sa.pub', signing.publicKey.export({ type: 'spki', format: 'pem' }) as string),
    admin,
    serving: (names) => authority.server(names),
    async kubeconfig(user, groups = [], at = server) {
      const pair = user === 'admin' ? admin : await authority.client(user, groups);
      return file(`${user.replace(/\W+/g, '-')}.kubeconfig`, kubeconfigText(at, authority.certPem, user, pair));
    },
  };
}

function kubeconfigText(server: string, caPem: string, user: string, pair: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'real',
    clusters: [
      {
        name: 'real',
        cluster: { server, 'tls-server-name': SERVER_NAME, 'certificate-authority-data': base64(caPem) },
      },
    ],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(pair.certPem), 'client-key-data': base64(pair.keyPem) },
      },
    ],
    contexts: [{ name: 'real', context: { cluster: 'real', user } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
