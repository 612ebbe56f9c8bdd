/** The console as a face of the process that holds the live tables: its lists are queries, within the rights of who asks. */
import { join } from 'node:path';
import process from 'node:process';
import type { FastifyInstance } from 'fastify';
import { type ClusterTarget, KubeClient, sleep, systemClock } from '../../kube/index.ts';
import type { Records } from '../../records/index.ts';
import {
  createServer,
  type LiveTables,
  Notices,
  type Principal,
  type Row,
  type ServerOptions,
  subjectOf,
} from '../../server/index.ts';
import { exact, type KubeSql, type SqlService } from '../../sql/index.ts';
import { maintenanceDesk } from '../maintain/desk.ts';
import { causesOf } from '../maintain/diagnose.ts';
import { hostCommandsThrough } from './host-commands.ts';
import { KubeSqlDesk } from './sql-desk.ts';

/** How browsers come to it. */
export type ConsoleWeb = Pick<ServerOptions, 'hosts' | 'secure' | 'behindProxy' | 'oidc' | 'metrics'>;

type Tables = Pick<SqlService, 'sql' | 'rights'>;

export interface ConsoleFaceOptions extends ConsoleWeb {
  readonly service: Tables;
  /** With rights to impersonate. */
  readonly target: ClusterTarget;
  readonly records: Records;
  /** Of `jdos up`, where settings of inspection are; none on a cluster of its own. */
  readonly dataDir?: string;
  /** Ends what runs beside the requests. */
  readonly signal: AbortSignal;
  readonly onError: (error: unknown, where: string) => void;
}

const LIST_LIMITS = { timeoutMs: 10_000, maxRows: 1000 };
const LOOK_MS = 1000;

/** Without a socket: who starts it listens, or hands connections over. */
export async function consoleFace(options: ConsoleFaceOptions): Promise<FastifyInstance> {
  const { service, target, records, dataDir, signal, onError, ...web } = options;
  const notices = new Notices();
  void tellChanges(service.sql, notices, signal, (error) => onError(error, 'changes'));
  const tables = new KubeSqlTables(service);
  const client = new KubeClient(target, { userAgent: 'jdos-console', ...(web.metrics && { metrics: web.metrics }) });
  const diagnose = (host: string) => causesOf(host, { client, records, ...(dataDir && { dataDir }) });
  const app = await createServer({
    records,
    client,
    diagnose,
    desk: maintenanceDesk({ client, records }),
    tables,
    sql: new KubeSqlDesk(service),
    notices,
    onError,
    mailPassword: process.env.JDOS_SMTP_PASSWORD,
    ...(dataDir && { apiLogs: join(dataDir, 'apilogs') }),
    hostCommands: hostCommandsThrough(client, process.env),
    ...web,
  });
  await app.ready();
  return app;
}

class KubeSqlTables implements LiveTables {
  readonly #service: Tables;

  constructor(service: Tables) {
    this.#service = service;
  }

  async rows(text: string, parameters: readonly string[], reader: Principal, signal: AbortSignal): Promise<Row[]> {
    const grants = await this.#service.rights.grantsOf(subjectOf(reader));
    const question = { sql: text, parameters, user: reader.name, grants, limits: LIST_LIMITS, signal };
    const { columns, rows } = await this.#service.sql.ask(question);
    const all = (await Array.fromAsync(rows())).flat();
    return all.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, exact(name, row[i] ?? null)])));
  }

  async names(reader: Principal): Promise<ReadonlySet<string>> {
    const grants = await this.#service.rights.grantsOf(subjectOf(reader));
    return new Set((await this.#service.sql.visible(grants)).map(({ name }) => name));
  }

  async ageSeconds(tables: readonly string[]): Promise<number> {
    const ages = this.#service.sql
      .statuses()
      .filter(({ table, state }) => tables.includes(shortName(table)) && state === 'stale')
      .map(({ lastEvent }) => (lastEvent === null ? 0 : (Date.now() - lastEvent) / 1000));
    return Math.max(0, ...ages);
  }
}

const VERSIONS = "SELECT cluster, table_name || '/' || namespace, rows, resource_version FROM tables_status";

/** A table whose newest version is another than a second ago has changed. Nothing is asked while nobody listens. */
async function tellChanges(sql: KubeSql, notices: Notices, signal: AbortSignal, onError: (error: unknown) => void) {
  const seen = new Map<string, string>();
  while (!signal.aborted) {
    await sleep(systemClock, LOOK_MS, signal).catch(() => undefined);
    if (notices.listeners === 0) continue;
    try {
      const { rows } = await sql.ask({ sql: VERSIONS, user: 'jdos', grants: 'everything', signal });
      for (const [cluster, table, ...version] of (await Array.fromAsync(rows())).flat()) {
        const [key, state] = [`${String(cluster)}/${String(table)}`, version.join('/')];
        if (seen.has(key) && seen.get(key) !== state) notices.tell(shortName(String(table)));
        seen.set(key, state);
      }
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
}

/** `pods` of `pods__core`. */
function shortName(table: string): string {
  return table.split('__', 1)[0]!;
}
