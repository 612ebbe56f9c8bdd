/** Commands in simulated containers, over the channel protocol of the kubelet's WebSockets. */
import type { WebSocket } from 'ws';
import type { Clock, KubeClient } from '../../kube/index.ts';
import type { ContainerPlace } from './place.ts';
import { runCommand } from './shell.ts';
import { openSurroundings } from './surroundings.ts';

export interface ExecRequest {
  readonly ws: WebSocket;
  readonly place: ContainerPlace;
  /** `exec`, or `attach` which shows that it runs and takes no commands. */
  readonly verb: string;
  readonly query: URLSearchParams;
  readonly client: Pick<KubeClient, 'get'>;
  readonly clock: Clock;
}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const ERROR = 3;
/** v5: the other side has closed the channel named by the next byte. */
const CLOSE = 255;

export async function serveExec(request: ExecRequest): Promise<void> {
  const { ws, place, verb, query } = request;
  const stdin = query.get('stdin') === 'true' || query.get('input') === '1' ? readStdin(ws) : undefined;
  const gone = new AbortController();
  ws.on('close', () => gone.abort());
  ws.on('error', () => gone.abort());
  const tty = query.get('tty') === 'true';
  const write = (channel: number, text: string) => send(ws, channel, tty ? text.replaceAll('\n', '\r\n') : text);
  try {
    if (!place.record.status.state.running) {
      send(ws, ERROR, JSON.stringify(failureStatus(`container not found ("${place.record.spec.name}")`)));
      return;
    }
    const command = verb === 'attach' ? ['sh'] : query.getAll('command');
    const surroundings = await openSurroundings(place, request.client);
    const code = await runCommand(command, {
      ...surroundings,
      clock: request.clock,
      signal: gone.signal,
      stdin,
      tty,
      out: (text) => write(STDOUT, text),
      err: (text) => write(tty ? STDOUT : STDERR, text),
    });
    send(ws, ERROR, JSON.stringify(exitStatus(code)));
  } catch (error) {
    if (!gone.signal.aborted) send(ws, ERROR, JSON.stringify(failureStatus(String(error))));
  } finally {
    ws.close(1000);
  }
}

function send(ws: WebSocket, channel: number, text: string): void {
  if (ws.readyState === ws.OPEN) ws.send(Buffer.concat([Buffer.from([channel]), Buffer.from(text)]));
}

/** All that comes in, piece by piece, until the channel or the connection closes; kept from now on, read when wanted. */
function readStdin(ws: WebSocket): AsyncIterable<string> {
  const pieces: (string | undefined)[] = [];
  let wake = () => {};
  const take = (piece: string | undefined) => {
    pieces.push(piece);
    wake();
  };
  ws.on('message', (data: Buffer) => {
    if (data[0] === STDIN) take(data.subarray(1).toString());
    else if (data[0] === CLOSE && data[1] === STDIN) take(undefined);
  });
  ws.on('close', () => take(undefined));
  return drain(pieces, (whenMore) => {
    wake = whenMore;
  });
}

/** Gives the pieces one by one; undefined stands for the end. */
async function* drain(pieces: (string | undefined)[], onMore: (wake: () => void) => void): AsyncGenerator<string> {
  for (;;) {
    while (pieces.length > 0) {
      const piece = pieces.shift();
      if (piece === undefined) return;
      yield piece;
    }
    await new Promise<void>((resolve) => onMore(resolve));
  }
}

function exitStatus(code: number): object {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function failureStatus(message: string): object {
  return { metadata: {}, status: 'Failure', message, reason: 'InternalError', code: 500 };
}
