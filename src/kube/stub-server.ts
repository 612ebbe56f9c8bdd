/** A TLS server that speaks HTTP/2 and HTTP/1.1 on one port, as an API server does, for tests of the client. */

import { webcrypto } from 'node:crypto';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import 'reflect-metadata';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export type Respond = (request: SeenRequest, response: Http2ServerResponse) => void;

export class StubServer {
  readonly server: Http2SecureServer;
  readonly ca: string;
  readonly seen: SeenRequest[] = [];
  connections = 0;
  respond: Respond = (_, response) => answer(response, 200, {});
  readonly #sockets = new Set<Socket>();

  private constructor(server: Http2SecureServer, ca: string) {
    this.server = server;
    this.ca = ca;
    server.on('request', (request, response) => void this.#take(request, response));
    server.on('secureConnection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('sessionError', () => {});
  }

  static async start(settings: { maxConcurrentStreams?: number } = {}): Promise<StubServer> {
    const { key, cert } = await certificate();
    const server = createSecureServer({ key, cert, allowHTTP1: true, settings });
    const stub = new StubServer(server, cert);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks every connection, as a crash does. */
  crash(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.crash();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #take(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method, url, httpVersion, headers, rawHeaders } = request;
    const seen = { method, url, httpVersion, headers, rawHeaders, body: Buffer.concat(chunks).toString() };
    this.seen.push(seen);
    this.respond(seen, response);
  }
}

export function answer(response: Http2ServerResponse, status: number, body: object, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export async function certificate(): Promise<{ key: string; cert: string }> {
  const { X509CertificateGenerator, SubjectAlternativeNameExtension, BasicConstraintsExtension } = await import(
    '@peculiar/x509'
  );
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=stub',
    keys,
    signingAlgorithm: algorithm,
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new BasicConstraintsExtension(true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  } as Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${der.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`;
  return { key, cert: cert.toString('pem') };
}
