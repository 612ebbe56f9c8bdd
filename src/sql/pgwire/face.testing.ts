/** The PostgreSQL face on a port of the loopback, over a store that a test fills. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestStore } from '../store.testing.ts';
import { PostgresFace, type PostgresFaceOptions } from './postgres-face.ts';
import { verifierOf } from './scram.ts';

export const PASSWORD = 'correct horse';

export class TestFace {
  readonly store: TestStore;
  readonly face: PostgresFace;
  readonly port: number;
  readonly #server: Server;

  static async start(options: Partial<PostgresFaceOptions> = {}): Promise<TestFace> {
    const store = await TestStore.start();
    const verifier = verifierOf(PASSWORD, randomBytes(16));
    const face = new PostgresFace(store.sql, {
      keeper: {
        verifier: (user) => (user === 'jdos' ? verifier : undefined),
        known: (user) => ({ user, grants: async () => 'everything' }),
      },
      catalogueCache: join(tmpdir(), 'jdos-test-catalogue.tar.gz'),
      ...options,
    });
    const server = createServer((socket) => void face.serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestFace(store, face, server);
  }

  private constructor(store: TestStore, face: PostgresFace, server: Server) {
    this.store = store;
    this.face = face;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await this.face.stop();
    this.#server.close();
    await this.store.stop();
  }
}
