/** The socket that the plugin on the host connects to: one question a connection. */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { NodeAgent } from './node-agent.ts';

const LIMIT = 1 << 20;

/** Resolves when it listens. Only the owner of the process may connect; an old socket in its place is removed. */
export async function serve(agent: Pick<NodeAgent, 'answer'>, path: string, signal: AbortSignal): Promise<Server> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await rm(path, { force: true });
  const server = createServer({ allowHalfOpen: true }, (socket) => void converse(agent, socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  signal.addEventListener('abort', () => server.close(), { once: true });
  return server;
}

async function converse(agent: Pick<NodeAgent, 'answer'>, socket: Socket): Promise<void> {
  socket.on('error', () => socket.destroy());
  try {
    const { ok, text } = await agent.answer(await readAll(socket));
    socket.end(`${ok ? 0 : 1}\n${text}`);
  } catch {
    socket.destroy();
  }
}

async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LIMIT) throw new RangeError(`a request has more than ${LIMIT} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}
