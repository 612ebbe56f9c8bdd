/** The process of KubeSQL: started by the first who asks, and ended by itself when nobody has asked for long. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import process from 'node:process';
import { pino } from 'pino';
import { httpFace, KubeSql } from '../../sql/index.ts';
import type { SqlFace, SqlServiceInput, ToSqlService } from './sql-socket.ts';

const IDLE_MS = 30 * 60_000;

const log = pino({ base: { part: 'sql' }, timestamp: pino.stdTimeFunctions.isoTime }, process.stdout);
const open = new Set<Socket>();
const ending = new AbortController();
let service: Promise<KubeSql> | undefined;
const faces = new Map<SqlFace, Promise<Server>>();
let given: SqlServiceInput | undefined;
let idle = setTimeout(stop, IDLE_MS);

process.on('message', (message: ToSqlService, socket?: Socket) => {
  if (message.kind === 'start') start(message.input);
  else if (socket) void welcome(socket, message.face);
});
process.once('SIGTERM', stop);
process.once('disconnect', stop);

function start(input: SqlServiceInput): void {
  const { cluster, kubeconfig, context } = input;
  const clusters = [{ name: cluster, kubeconfig, ...(context && { context }) }];
  given = input;
  service = KubeSql.start({ clusters, onTrouble: (text) => log.warn(text) });
  service.catch((error: unknown) => {
    log.error({ err: error }, 'KubeSQL cannot start');
    process.exit(1);
  });
}

/** Each face is made when the first who wants it comes; one that failed is tried again by the next. */
function faceOf(face: SqlFace): Promise<Server> {
  const known = faces.get(face);
  if (known) return known;
  const made = make(face);
  faces.set(face, made);
  made.catch((error: unknown) => {
    faces.delete(face);
    log.error({ err: error, face }, 'a face of KubeSQL cannot be shown');
  });
  return made;
}

async function make(face: SqlFace): Promise<Server> {
  const sql = await service!;
  if (face !== 'console') return httpFace(sql);
  const { consoleFace } = await import('./console-face.ts');
  const onError = (error: unknown, where: string) => log.error({ err: error, where }, 'the console failed');
  return consoleFace({ sql, input: given!, signal: ending.signal, onError });
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
    (await faceOf(face)).emit('connection', socket);
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
