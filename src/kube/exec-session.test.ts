import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { KubeClient } from './client.ts';
import { failure, type Status } from './status.ts';
import { certificate } from './stub-server.ts';

let server: Server;
let client: KubeClient;
let serve: (socket: WebSocket, url: string) => void;
let refuse: string | undefined;

beforeEach(async () => {
  const { key, cert } = await certificate();
  refuse = undefined;
  server = createServer({ key, cert });
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has('v5.channel.k8s.io') ? 'v5.channel.k8s.io' : false),
  });
  server.on('upgrade', (request, socket, head) => {
    if (refuse !== undefined) return socket.end(refuse);
    sockets.handleUpgrade(request, socket, head, (ws) => serve(ws, request.url ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  client = new KubeClient({ server: `https://localhost:${port}`, tls: { ca: cert }, authorization: () => 'Bearer T' });
});

afterEach(async () => {
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

const send = (socket: WebSocket, channel: number, text: string) =>
  socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));
const status = (socket: WebSocket, object: Partial<Status>) => send(socket, 3, JSON.stringify(object));
const text = async (stream: AsyncIterable<Uint8Array>) => Buffer.concat(await Array.fromAsync(stream)).toString();

describe('a command in a container', () => {
  it('gives its output, its errors and its exit code', async () => {
    let asked = '';
    serve = (socket, url) => {
      asked = url;
      send(socket, 1, 'out');
      send(socket, 2, 'err');
      status(socket, {
        status: 'Failure',
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: '42' }] },
      });
      socket.close();
    };
    const session = await client.exec('pod', { namespace: 'n', container: 'c', command: ['ls', '-l a'] });
    expect(await session.exitCode).toBe(42);
    expect([await text(session.stdout), await text(session.stderr)]).toEqual(['out', 'err']);
    expect(asked).toBe(
      '/api/v1/namespaces/n/pods/pod/exec?stdout=true&stderr=true&stdin=false&container=c&command=ls&command=-l+a',
    );
  });

  it('takes input until it is closed, and the size of a terminal', async () => {
    const seen: string[] = [];
    serve = (socket) =>
      socket.on('message', (data: Buffer) => {
        seen.push(`${data[0]}:${data[0] === 255 ? data[1] : data.subarray(1)}`);
        if (data[0] !== 255) return;
        status(socket, { status: 'Success' });
        socket.close();
      });
    const session = await client.exec('pod', { namespace: 'n', command: ['cat'], stdin: true, tty: true });
    session.resize(80, 24);
    session.write('hello');
    session.end();
    expect(await session.exitCode).toBe(0);
    expect(seen).toEqual(['4:{"Width":80,"Height":24}', '0:hello', '255:0']);
  });

  it('rejects with the Status when the command could not be run', async () => {
    serve = (socket) => {
      status(socket, failure('InternalError', 'no such binary').status);
      socket.close();
    };
    const session = await client.exec('pod', { namespace: 'n', command: ['x'] });
    await expect(session.exitCode).rejects.toMatchObject({ reason: 'InternalError', message: 'no such binary' });
  });

  it('rejects when the connection closes before the command has ended', async () => {
    serve = (socket) => socket.terminate();
    const session = await client.exec('pod', { namespace: 'n', command: ['x'] });
    await expect(session.exitCode).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  it('rejects with the refusal of the server', async () => {
    const body = JSON.stringify(failure('NotFound', 'pods "pod" not found').status);
    refuse = `HTTP/1.1 404 Not Found\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
    const opened = client.exec('pod', { namespace: 'n', command: ['x'] });
    await expect(opened).rejects.toMatchObject({ name: 'StatusError', reason: 'NotFound' });
  });

  it('ends with the signal', async () => {
    serve = () => {};
    const stop = new AbortController();
    const session = await client.exec('pod', { namespace: 'n', command: ['sleep'], signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(session.exitCode).rejects.toThrow('enough');
    expect(await text(session.stdout)).toBe('');
  });
});
