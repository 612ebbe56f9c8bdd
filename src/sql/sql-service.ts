/** KubeSQL as a running service: its faces, and who is let in. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { KubeClient, loadKubeconfig, systemClock } from '../kube/index.ts';
import { ParquetExport } from './export/parquet-export.ts';
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
  /** Snapshots of all tables as Parquet, so often. */
  readonly snapshots?: { readonly directory: string; readonly everyMs: number };
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
  readonly #ending = new AbortController();

  static async start(options: SqlServiceOptions): Promise<SqlService> {
    const [{ kubeconfig, context } = {}] = options.clusters;
    const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
    const directories = options.snapshots ? [options.snapshots.directory] : [];
    return new SqlService(
      await KubeSql.start({ ...options, directories }),
      new KubeClient(target, { userAgent: 'jdos-sql' }),
      options,
    );
  }

  private constructor(sql: KubeSql, client: KubeClient, options: SqlServiceOptions) {
    const { password, tls, catalogueCache, snapshots, onTrouble = () => {} } = options;
    this.sql = sql;
    this.#client = client;
    this.#http = httpFace(sql);
    this.rights = new Rights(client, () => sql.kinds(), systemClock);
    const keeper = doorkeeper(password, this.rights);
    this.#postgres = new PostgresFace(sql, { keeper, tls, ...(catalogueCache && { catalogueCache }) });
    if (!snapshots) return;
    const onError = (error: unknown) => onTrouble(`a snapshot could not be written: ${String(error)}`);
    const exported = new ParquetExport((directory) => sql.writeParquet(directory), {
      ...snapshots,
      clock: systemClock,
      onError,
    });
    void exported.run(this.#ending.signal);
  }

  /** Serves a connection that came in at one of its doors. */
  welcome(face: SqlFace, socket: Socket): void {
    if (face === 'http') this.#http.emit('connection', socket);
    else void this.#postgres.serve(socket);
    socket.resume();
  }

  async stop(): Promise<void> {
    this.#ending.abort(new Error('stopped'));
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
