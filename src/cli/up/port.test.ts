import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { claimPort, parsePort } from './port.ts';

it('a port is a whole number up to 65535', () => {
  expect(parsePort('6443')).toBe(6443);
  for (const text of ['-1', '65536', '80.5', 'http', '']) expect(() => parsePort(text)).toThrow('0 to 65535');
});

it('a taken port is refused with the flag that chooses another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await expect(claimPort(port, '--api-port')).rejects.toMatchObject({
    code: 'JDOS_ERR_PORT_IN_USE',
    message: expect.stringContaining('--api-port') as string,
  });
  server.close();
  await once(server, 'close');
  expect(await claimPort(port, '--api-port')).toBe(port);
});

it('port 0 means any free one', async () => {
  expect(await claimPort(0, '--api-port')).toBeGreaterThan(0);
});
