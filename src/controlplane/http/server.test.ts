import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Authority } from '../access/pki.ts';
import { listen } from './server.ts';

it('stops although a connection has not finished its handshake', async () => {
  const authority = await Authority.open(mkdtempSync(join(tmpdir(), 'jdos-server-')));
  const { certPem, keyPem } = await authority.server(['127.0.0.1']);
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    certPem,
    keyPem,
    clientCaPem: authority.certPem,
    handle: () => {},
    upgrade: () => {},
  });
  const silent = connect(server.port, '127.0.0.1');
  await once(silent, 'connect');
  const ended = once(silent, 'close');
  await server.stop();
  await ended;
  expect(silent.destroyed).toBe(true);
});
