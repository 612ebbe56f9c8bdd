/** A part's life as a worker thread; its other end is worker-life.ts. */
import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { PartLife } from './part.ts';

/** From the thread: it is ready, or what it is doing meanwhile. */
export type FromWorker<I> =
  | { readonly kind: 'ready'; readonly info: I }
  | { readonly kind: 'progress'; readonly text: string };
export const STOP = 'stop';

export interface WorkerOptions {
  /** Handed over in memory: never in arguments, which other users of the machine can read. */
  readonly input: unknown;
  readonly log: Writable;
  readonly onProgress?: (text: string) => void;
  /** After so long a thread that was asked to stop is ended. @default 10_000 */
  readonly graceMs?: number;
  /** Room for young objects, in MiB: less of it is less memory and more work. @default what V8 thinks fit */
  readonly nurseryMb?: number;
}

export function launchWorker<I>(file: URL, options: WorkerOptions): PartLife<I> {
  const { input, log, onProgress = () => {}, graceMs = 10_000, nurseryMb } = options;
  const resourceLimits = nurseryMb === undefined ? {} : { maxYoungGenerationSizeMb: nurseryMb };
  const worker = new Worker(file, { workerData: input, stdout: true, stderr: true, resourceLimits });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });
  const ready = Promise.withResolvers<I>();
  const ended = Promise.withResolvers<Error | undefined>();
  let fault: Error | undefined;
  worker.on('message', (message: FromWorker<I>) => {
    if (message.kind === 'ready') ready.resolve(message.info);
    else onProgress(message.text);
  });
  worker.on('error', (error: Error) => {
    fault = error;
    log.write(`${error.stack ?? error.message}\n`);
  });
  worker.on('exit', (code) => {
    ready.reject(fault ?? new Error(`ended with code ${code} before it was ready`));
    ended.resolve(fault ?? (code === 0 ? undefined : new Error(`ended with code ${code}`)));
  });
  ready.promise.catch(() => undefined);
  return { ready: ready.promise, ended: ended.promise, stop: () => stop(worker, ended.promise, graceMs) };
}

async function stop(worker: Worker, ended: Promise<unknown>, graceMs: number): Promise<void> {
  worker.postMessage(STOP);
  const timer = setTimeout(() => void worker.terminate(), graceMs);
  await ended;
  clearTimeout(timer);
}
