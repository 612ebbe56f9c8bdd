/**
 * How API servers know the receiver, and it them: a certificate and a token, made once and kept for their owner only; and the
 * file that `--audit-webhook-config-file` takes.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface ReceiverCredentials {
  readonly token: string;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
}

export interface WebhookConfig {
  readonly url: string;
  /** PEM of whoever signed the receiver's certificate, where it is not known to the system. */
  readonly ca?: string;
  readonly token?: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const TEN_YEARS_MS = 3650 * 86_400_000;

/** A certificate for other names than before takes the old one's place. */
export async function receiverCredentials(dir: string, names: readonly string[]): Promise<ReceiverCredentials> {
  const files = { token: join(dir, 'receive.token'), key: join(dir, 'receive.key'), cert: join(dir, 'receive.crt') };
  const read = (file: string) => readFileSync(file, 'utf8').trim();
  if (!existsSync(files.token)) keep(files.token, randomBytes(24).toString('base64url'));
  if (!existsSync(files.cert) || !existsSync(files.key) || !isFor(read(files.cert), names)) {
    const { key, cert } = await makeCertificate(names);
    keep(files.key, key);
    keep(files.cert, cert);
  }
  return { token: read(files.token), tls: { key: read(files.key), cert: read(files.cert) } };
}

/** Written for its owner only: the token is in it. JSON is YAML too. */
export function writeWebhookConfig(file: string, { url, ca, token }: WebhookConfig): void {
  const cluster = { server: url, ...(ca && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }) };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'jdos', cluster }],
    users: [{ name: 'kube-apiserver', user: token ? { token } : {} }],
    contexts: [{ name: 'jdos', context: { cluster: 'jdos', user: 'kube-apiserver' } }],
    'current-context': 'jdos',
  };
  keep(file, JSON.stringify(config, null, 2));
}

function isFor(pem: string, names: readonly string[]): boolean {
  const subject = new x509.X509Certificate(pem).getExtension(x509.SubjectAlternativeNameExtension);
  const known = subject?.names.items.map(({ value }) => value) ?? [];
  return names.every((name) => known.includes(name));
}

async function makeCertificate(names: readonly string[]): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString('hex').replace(/^./, '1'),
    name: 'CN=jdos-apilogs',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + TEN_YEARS_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map(nameOf))],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}

function nameOf(value: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(value) ? 'ip' : 'dns', value };
}

function keep(file: string, text: string): void {
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
}
