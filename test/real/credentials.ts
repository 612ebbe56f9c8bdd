/** Throw-away certificates, keys and kubeconfigs of a real control plane, as files in one directory. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority, type KeyPair } from '../../src/controlplane/access/pki.ts';

export interface Credentials {
  readonly caFile: string;
  readonly caPem: string;
  readonly serverCert: string;
  readonly serverKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  readonly admin: KeyPair;
  /** Writes a kubeconfig for a user and gives its path. */
  kubeconfig(user: string, groups?: readonly string[]): Promise<string>;
}

export async function makeCredentials(dir: string, server: string): Promise<Credentials> {
  const authority = await Authority.open(dir);
  const file = (name: string, text: string) => {
    const path = join(dir, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const serving = await authority.server(['127.0.0.1', 'localhost', 'kubernetes.default.svc', '10.96.0.1']);
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const admin = await authority.client('admin', ['system:masters']);
  return {
    caFile: join(dir, 'ca.crt'),
    caPem: authority.certPem,
    serverCert: file('server.crt', serving.certPem),
    serverKey: file('server.key', serving.keyPem),
    serviceAccountKey: file('sa.key', signing.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string),
    serviceAccountPublicKey: file('sa.pub', signing.publicKey.export({ type: 'spki', format: 'pem' }) as string),
    admin,
    async kubeconfig(user, groups = []) {
      const pair = user === 'admin' ? admin : await authority.client(user, groups);
      return file(`${user.replace(/\W+/g, '-')}.kubeconfig`, kubeconfigText(server, authority.certPem, user, pair));
    },
  };
}

function kubeconfigText(server: string, caPem: string, user: string, pair: KeyPair): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'real',
    clusters: [{ name: 'real', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
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
