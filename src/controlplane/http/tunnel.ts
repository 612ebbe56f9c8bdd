/** Passes a WebSocket of exec or attach through to the host, byte by byte, once both sides have agreed to it. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Status, StatusError } from '../../kube/index.ts';
import { type KubeletAddress, unreachable } from '../handlers/kubelet.ts';

/** The client's half of an upgrade: its request, its socket and what it has already sent on. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

const PASSED_ON = ['sec-websocket-key', 'sec-websocket-version', 'sec-websocket-protocol', 'sec-websocket-extensions'];

export function tunnel({ request, socket, head }: Upgrade, address: KubeletAddress, path: string): void {
  const passed = PASSED_ON.flatMap((name) =>
    request.headers[name] === undefined ? [] : [[name, request.headers[name]]],
  );
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    authorization: `Bearer ${address.token}`,
    ...Object.fromEntries(passed),
  };
  const outgoing = httpRequest({ host: address.host, port: address.port, path, headers });
  outgoing.on('upgrade', (response, backend, first) => {
    const lines = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.write(first);
    backend.write(head);
    join(socket, backend);
  });
  outgoing.on('response', (response) => {
    response.resume();
    refuseUpgrade(socket, unreachable(new Error(`the host answered ${response.statusCode}`)).status);
  });
  outgoing.on('error', (error) => refuseUpgrade(socket, unreachable(error).status));
  socket.on('close', () => outgoing.destroy());
  outgoing.end();
}

/** Answers an upgrade with a Status, like any other refusal. */
export function refuseUpgrade(socket: Duplex, status: Status): void {
  const body = JSON.stringify(status);
  socket.end(
    `HTTP/1.1 ${status.code} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

export function statusOf(error: unknown): Status {
  if (error instanceof StatusError) return error.status;
  return unreachable(error instanceof Error ? error : new Error(String(error))).status;
}

function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
