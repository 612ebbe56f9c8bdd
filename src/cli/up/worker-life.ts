/** The inside of a part's worker thread: runs its body, says when it is ready, and ends it when told. */
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { type Logger, pino } from 'pino';
import { type FromWorker, STOP } from './worker-thread.ts';

export interface PartBody<I> {
  /** What the supervisor is told when the part is ready. */
  readonly info: I;
  /** Resolves when everything the part started has ended; the signal has been aborted before. */
  stop?(): Promise<void>;
}

export interface PartContext<T> {
  readonly input: T;
  /** Aborted when the part is to stop. */
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Lines of JSON in the data directory's `log`. */
  readonly log: Logger;
}

export async function livePart<T, I>(
  name: string,
  body: (context: PartContext<T>) => Promise<PartBody<I>>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('a part runs in a worker thread');
  const tell = (message: FromWorker<I>) => port.postMessage(message);
  const abort = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    port.on('message', (message) => {
      if (message === STOP) resolve();
    });
  });
  void stopped.then(() => abort.abort());
  const progress = (text: string) => tell({ kind: 'progress', text });
  try {
    const log = pino({ base: { part: name }, timestamp: pino.stdTimeFunctions.isoTime }, process.stdout);
    const part = await body({ input: workerData as T, signal: abort.signal, progress, log });
    tell({ kind: 'ready', info: part.info });
    await stopped;
    await part.stop?.();
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  process.exit(0);
}
