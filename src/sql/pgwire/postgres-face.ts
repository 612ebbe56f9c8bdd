/**
 * KubeSQL for clients of PostgreSQL. A client that breaks the protocol loses its connection and nothing else is touched;
 * what is asked goes the one way that all questions go.
 */
import { randomInt } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { EngineError } from '../../engine/index.ts';
import { Catalogue } from '../catalogue/index.ts';
import type { KubeSql } from '../kube-sql.ts';
import * as backend from './backend.ts';
import { CatalogueDesk } from './catalogue-desk.ts';
import { Cursor, ProtocolError } from './frontend.ts';
import { Session } from './session.ts';
import { REPORTED } from './settings.ts';
import { type Doorkeeper, signIn } from './sign-in.ts';
import { Wire } from './wire.ts';

export interface PostgresFaceOptions {
  readonly keeper: Doorkeeper;
  /** PEM; without it there is no TLS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where the catalogue keeps what its first start made. */
  readonly catalogueCache?: string;
  /** Clients at a time. @default 100 */
  readonly connections?: number;
  /** A client that has not signed in by then is let go. @default 30_000 */
  readonly signInMs?: number;
}

const SSL = 80_877_103;
const GSS = 80_877_104;
const CANCEL = 80_877_102;

export class PostgresFace {
  readonly #sql: KubeSql;
  readonly #o: PostgresFaceOptions;
  readonly #tls: SecureContext | undefined;
  readonly #catalogue: Catalogue;
  readonly #desk: CatalogueDesk;
  readonly #sessions = new Map<string, Session>();
  readonly #sockets = new Set<Socket>();
  #next = 1;

  constructor(sql: KubeSql, options: PostgresFaceOptions) {
    this.#sql = sql;
    this.#o = options;
    this.#tls = options.tls && createSecureContext(options.tls);
    this.#catalogue = new Catalogue(options.catalogueCache ? { cache: options.catalogueCache } : {});
    this.#desk = new CatalogueDesk(this.#catalogue, sql);
  }

  /** Serves a connection until it ends. */
  async serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    let wire = new Wire(socket);
    const timer = setTimeout(() => socket.destroy(), this.#o.signInMs ?? 30_000);
    try {
      await this.#converse(
        wire,
        (next) => (wire = next),
        () => clearTimeout(timer),
      );
    } catch (error) {
      await this.#farewell(wire, error);
    } finally {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      wire.socket.end();
      wire.socket.destroySoon();
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#catalogue.stop();
  }

  async #converse(first: Wire, changed: (wire: Wire) => void, signedIn: () => void): Promise<void> {
    let wire = first;
    let secure = isLocal(wire.socket);
    for (;;) {
      const opening = await wire.next(true);
      if (!opening) return;
      const cursor = new Cursor(opening.body);
      const code = cursor.int32();
      if (code === CANCEL) return this.#cancel(cursor.int32(), cursor.int32());
      if (code === SSL && this.#tls && !(wire.socket instanceof TLSSocket)) {
        wire = await this.#secured(wire);
        changed(wire);
        secure = true;
      } else if (code === SSL || code === GSS) {
        await wire.send(Buffer.from('N'));
        await wire.flush();
      } else return this.#session(wire, code, cursor, secure, signedIn);
    }
  }

  async #session(wire: Wire, version: number, cursor: Cursor, secure: boolean, signedIn: () => void): Promise<void> {
    if (version >> 16 !== 3)
      throw new EngineError('0A000', `protocol ${version >> 16}.${version & 0xffff} is not spoken here; 3.0 is`);
    const parameters = startupParameters(cursor);
    const unknown = [...parameters.keys()].filter((name) => name.startsWith('_pq_.'));
    if ((version & 0xffff) > 0 || unknown.length > 0) await wire.send(backend.negotiate(0, unknown));
    const user = parameters.get('user');
    if (!user) throw new EngineError('28000', 'no user was named');
    if (this.#sessions.size >= (this.#o.connections ?? 100)) throw new EngineError('53300', 'too many clients');
    const identity = await signIn(wire, user, this.#o.keeper, secure);
    signedIn();
    wire.trust();
    await this.#welcome(wire, new Session(wire, this.#sql, this.#desk, identity));
  }

  async #welcome(wire: Wire, session: Session): Promise<void> {
    const [pid, secret] = [this.#next++, randomInt(2 ** 31)];
    const key = `${pid} ${secret}`;
    this.#sessions.set(key, session);
    try {
      const reports = Object.entries(REPORTED).map(([name, value]) => backend.parameterStatus(name, value));
      await wire.send(backend.authenticated, ...reports, backend.backendKey(pid, secret));
      await session.run();
    } finally {
      this.#sessions.delete(key);
    }
  }

  /** A wrong secret stops nothing, and nobody is told. */
  #cancel(pid: number, secret: number): void {
    this.#sessions.get(`${pid} ${secret}`)?.cancel();
  }

  /** Bytes that came before TLS could be anybody's. */
  async #secured(wire: Wire): Promise<Wire> {
    if (wire.pending > 0) throw new ProtocolError('unencrypted bytes after the wish for TLS');
    await wire.send(Buffer.from('S'));
    await wire.flush();
    wire.release();
    return new Wire(new TLSSocket(wire.socket, { isServer: true, secureContext: this.#tls! }));
  }

  async #farewell(wire: Wire, error: unknown): Promise<void> {
    const known = error instanceof EngineError;
    const broken = error instanceof ProtocolError;
    const code = known ? error.code : broken ? '08P01' : 'XX000';
    const message = known || broken ? error.message : 'the connection cannot go on';
    await wire.send(backend.complain({ severity: 'FATAL', code, message }));
    await wire.flush();
  }
}

function startupParameters(cursor: Cursor): Map<string, string> {
  const parameters = new Map<string, string>();
  while (!cursor.done) {
    const name = cursor.text();
    if (name === '') break;
    parameters.set(name, cursor.text());
  }
  return parameters;
}

function isLocal({ remoteAddress }: Socket): boolean {
  if (!remoteAddress || isIP(remoteAddress) === 0) return true;
  return /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
}
