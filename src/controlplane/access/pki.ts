/** The certificates of an embedded control plane: one authority in the data directory, and what it signs. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export interface KeyPair {
  readonly certPem: string;
  readonly keyPem: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;

/** Signs certificates for servers and clients of one cluster. */
export class Authority {
  readonly certPem: string;
  readonly #certificate: x509.X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: webcrypto.CryptoKey) {
    this.#certificate = certificate;
    this.certPem = certificate.toString('pem');
    this.#key = key;
  }

  /** The authority kept in `dir` (ca.crt, ca.key), made on first use. Only the owner may read its key. */
  static async open(dir: string): Promise<Authority> {
    const files = { cert: join(dir, 'ca.crt'), key: join(dir, 'ca.key') };
    if (existsSync(files.cert) && existsSync(files.key)) {
      const certificate = new x509.X509Certificate(readFileSync(files.cert, 'utf8'));
      return new Authority(certificate, await importKey(readFileSync(files.key, 'utf8')));
    }
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: 'CN=jdos-ca',
      ...validity(AUTHORITY_DAYS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    writeFileSync(files.key, await exportKey(keys.privateKey), { mode: 0o600 });
    writeFileSync(files.cert, certificate.toString('pem'));
    return new Authority(certificate, keys.privateKey);
  }

  /** A server's certificate for DNS names and IP addresses. */
  server(names: readonly string[]): Promise<KeyPair> {
    const alternatives = names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }) as const);
    return this.#issue(`CN=${names[0]}`, x509.ExtendedKeyUsage.serverAuth, [
      new x509.SubjectAlternativeNameExtension(alternatives),
    ]);
  }

  /** A client's certificate; the user is its common name, the groups are its organisations, as in Kubernetes. */
  client(user: string, groups: readonly string[]): Promise<KeyPair> {
    const subject = [...groups.map((group) => `O=${escapeName(group)}`), `CN=${escapeName(user)}`].join(', ');
    return this.#issue(subject, x509.ExtendedKeyUsage.clientAuth, []);
  }

  async #issue(subject: string, usage: string, extensions: x509.Extension[]): Promise<KeyPair> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: this.#certificate.subject,
      ...validity(LEAF_DAYS),
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate),
        ...extensions,
      ],
    });
    return { certPem: certificate.toString('pem'), keyPem: await exportKey(keys.privateKey) };
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), ALGORITHM, true, ['sign']);
}

/** Positive, and unlike any other. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  return bytes.toString('hex');
}

/** From a day ago, so that a clock that is a little behind still accepts it. */
function validity(days: number) {
  return { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + days * DAY_MS) };
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.includes(':');
}

function escapeName(value: string): string {
  return value.replace(/[,+"\\<>;#=]/g, '\\$&');
}
