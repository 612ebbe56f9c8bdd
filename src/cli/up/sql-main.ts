/** The process of KubeSQL: started by the first who asks, and ended by itself when nobody has asked for long. */
import type { Socket } from 'node:net';
import process from 'node:process';
import { pino } from 'pino';
import { httpFace, KubeSql } from '../../sql/index.ts';
import type { SqlServiceInput, ToSqlService } from './sql-socket.ts';

const IDLE_MS = 30 * 60_000;

const log = pino({ base: { part: 'sql' }, timestamp: pino.stdTimeFunctions.isoTime }, process.stdout);
const open = new Set<Socket>();
let service: Promise<KubeSql> | undefined;
let faces: Promise<ReturnType<typeof httpFace>> | undefined;
let idle = setTimeout(stop, IDLE_MS);

process.on('message', (message: ToSqlService, socket?: Socket) => {
  if (message.kind === 'start') start(message.input);
  else if (socket) void welcome(socket);
});
process.once('SIGTERM', stop);
process.once('disconnect', stop);

function start({ cluster, kubeconfig, context }: SqlServiceInput): void {
  const clusters = [{ name: cluster, kubeconfig, ...(context && { context }) }];
  service = KubeSql.start({ clusters, onTrouble: (text) => log.warn(text) });
  faces = service.then(httpFace);
  faces.catch((error: unknown) => {
    log.error({ err: error }, 'KubeSQL cannot start');
    process.exit(1);
  });
}

async function welcome(socket: Socket): Promise<void> {
  clearTimeout(idle);
  open.add(socket);
  socket.on('error', () => undefined);
  socket.once('close', () => {
    open.delete(socket);
    clearTimeout(idle);
    idle = setTimeout(stop, IDLE_MS);
  });
  (await faces)?.emit('connection', socket);
  socket.resume();
}

function stop(): void {
  void Promise.resolve(service?.then((sql) => sql.stop()))
    .catch(() => undefined)
    .then(() => process.exit());
}
