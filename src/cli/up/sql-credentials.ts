/** How clients of PostgreSQL's protocol trust and are trusted: a certificate and a password, made once, kept in the data directory. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface SqlCredentials {
  /** Of the user `jdos`. */
  readonly password: string;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const TEN_YEARS_MS = 3650 * 86_400_000;

export async function sqlCredentials(dir: string): Promise<SqlCredentials> {
  const files = { password: join(dir, 'sql.password'), key: join(dir, 'sql.key'), cert: join(dir, 'sql.crt') };
  if (!existsSync(files.password)) keep(files.password, randomBytes(18).toString('base64url'));
  if (!existsSync(files.cert) || !existsSync(files.key)) {
    const { key, cert } = await makeCertificate();
    keep(files.key, key);
    keep(files.cert, cert);
  }
  const read = (file: string) => readFileSync(file, 'utf8');
  return { password: read(files.password).trim(), tls: { key: read(files.key), cert: read(files.cert) } };
}

async function makeCertificate(): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(8).toString('hex').replace(/^./, '1'),
    name: 'CN=jdos-sql',
    notBefore: new Date(Date.now() - 3_600_000),
    notAfter: new Date(Date.now() + TEN_YEARS_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem') };
}

function keep(file: string, text: string): void {
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
}
