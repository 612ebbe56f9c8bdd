/** The process of KubeSQL: started by the first who asks, and ended by itself when nobody has asked for long. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { pino } from 'pino';
import { loadKubeconfig } from '../../kube/index.ts';
import { openRecords } from '../../records/index.ts';
import { SqlService } from '../../sql/index.ts';
import { ownTables } from './own-tables.ts';
import { sqlCredentials } from './sql-credentials.ts';
import type { SqlFace, SqlServiceInput, ToSqlService } from './sql-socket.ts';

const IDLE_MS = 30 * 60_000;

const log = pino({ base: { part: 'sql' }, timestamp: pino.stdTimeFunctions.isoTime }, process.stdout);
const open = new Set<Socket>();
const ending = new AbortController();
let service: Promise<SqlService> | undefined;
let consoleServer: Promise<Server> | undefined;
let given: SqlServiceInput | undefined;
let idle = setTimeout(stop, IDLE_MS);

process.on('message', (message: ToSqlService, socket?: Socket) => {
  if (message.kind === 'start') start(message.input);
  else if (socket) void welcome(socket, message.face);
});
process.once('SIGTERM', stop);
process.once('disconnect', stop);

function start(input: SqlServiceInput): void {
  given = input;
  service = launch(input);
  service.catch((error: unknown) => {
    log.error({ err: error }, 'KubeSQL cannot start');
    process.exit(1);
  });
}

async function launch({ cluster, kubeconfig, context, data, snapshots }: SqlServiceInput): Promise<SqlService> {
  if (snapshots) clearTimeout(idle);
  const records = await openRecords(data, { onError: (error) => log.warn({ err: error }, 'records') });
  return SqlService.start({
    own: ownTables(records),
    ...(snapshots && { snapshots }),
    clusters: [{ name: cluster, kubeconfig, ...(context && { context }) }],
    ...(await sqlCredentials(data)),
    catalogueCache: join(data, 'sql.catalogue'),
    onTrouble: (text) => log.warn(text),
  });
}

/** Made when the first who wants it comes; if that failed it is tried again by the next. */
function consoleOf(running: SqlService): Promise<Server> {
  consoleServer ??= makeConsole(running).catch((error: unknown) => {
    consoleServer = undefined;
    log.error({ err: error }, 'the console cannot be shown');
    throw error;
  });
  return consoleServer;
}

async function makeConsole(running: SqlService): Promise<Server> {
  const { consoleFace } = await import('../server/console-face.ts');
  const onError = (error: unknown, where: string) => log.error({ err: error, where }, 'the console failed');
  const { kubeconfig, context, data, oidc } = given!;
  const target = await loadKubeconfig({ path: kubeconfig, ...(context && { context }) });
  const records = await openRecords(data, { onError: (error) => onError(error, 'records') });
  const web = { behindProxy: true, dataDir: data, ...(oidc && { oidc }) };
  return (await consoleFace({ service: running, target, records, signal: ending.signal, onError, ...web })).server;
}

async function welcome(socket: Socket, face: SqlFace): Promise<void> {
  clearTimeout(idle);
  open.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    open.delete(socket);
    clearTimeout(idle);
    idle = setTimeout(stop, IDLE_MS);
  });
  try {
    const running = await service!;
    if (face !== 'console') return running.welcome(face, socket);
    (await consoleOf(running)).emit('connection', socket);
    socket.resume();
  } catch {
    socket.destroy();
  }
}

function stop(): void {
  ending.abort();
  void Promise.resolve(service?.then((sql) => sql.stop()))
    .catch(() => undefined)
    .then(() => process.exit());
}
