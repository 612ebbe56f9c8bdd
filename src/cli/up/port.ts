/** A port that `jdos up` is to listen on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { JdosError } from '../../errors/index.ts';

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('expected a port from 0 to 65535.');
  return port;
}

/** The port itself, or a free one for 0. @throws JdosError JDOS_ERR_PORT_IN_USE, naming the flag that chooses another. */
export async function claimPort(port: number, flag: string, host = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw isTaken(error)
      ? new JdosError('JDOS_ERR_PORT_IN_USE', { address: `${host}:${port}`, flag }, { cause: error })
      : error;
  }
  const address = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return address.port;
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
}
