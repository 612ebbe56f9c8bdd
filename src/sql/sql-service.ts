/** KubeSQL as a running service: its faces, and who is let in. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { KubeClient, loadKubeconfig, systemClock } from '../kube/index.ts';
import { httpFace } from './http/server.ts';
import { KubeSql, type KubeSqlOptions } from './kube-sql.ts';
import { type Doorkeeper, PostgresFace, verifierOf } from './pgwire/index.ts';
import { Rights } from './scope/index.ts';

export interface SqlServiceOptions extends KubeSqlOptions {
  /** Of the user `jdos`, who sees everything. */
  readonly password: string;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  readonly catalogueCache?: string;
}

/** Which protocol is spoken on a connection. */
export type SqlFace = 'http' | 'postgres';

const OWNER = 'jdos';

export class SqlService {
  readonly sql: KubeSql;
  readonly rights: Rights;
  readonly #http: Server;
  readonly #postgres: PostgresFace;
  readonly #client: KubeClient;

  static async start(options: SqlServiceOptions): Promise<SqlService> {
    const [{ kubeconfig, context } = {}] = options.clusters;
    const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
    const client = new KubeClient(target, { userAgent: 'jdos-sql' });
    return new SqlService(await KubeSql.start(options), client, options);
  }

  private constructor(sql: KubeSql, client: KubeClient, options: SqlServiceOptions) {
    const { password, tls, catalogueCache } = options;
    this.sql = sql;
    this.#client = client;
    this.#http = httpFace(sql);
    this.rights = new Rights(client, () => sql.kinds(), systemClock);
    const keeper = doorkeeper(password, this.rights);
    this.#postgres = new PostgresFace(sql, { keeper, tls, ...(catalogueCache && { catalogueCache }) });
  }

  /** Serves a connection that came in at one of its doors. */
  welcome(face: SqlFace, socket: Socket): void {
    if (face === 'http') this.#http.emit('connection', socket);
    else void this.#postgres.serve(socket);
    socket.resume();
  }

  async stop(): Promise<void> {
    await this.#postgres.stop();
    this.#http.closeAllConnections();
    await this.sql.stop();
    await this.#client.close();
  }
}

function doorkeeper(password: string, rights: Rights): Doorkeeper {
  const verifier = verifierOf(password, randomBytes(16));
  return {
    verifier: (user) => (user === OWNER ? verifier : undefined),
    known: (user) => ({ user, grants: async () => 'everything' }),
    async token(token) {
      const subject = await rights.subjectOf(token).catch(() => undefined);
      return subject && { user: subject.user, grants: () => rights.grantsOf(subject) };
    },
  };
}
