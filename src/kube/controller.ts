import type { Registry } from 'prom-client';
import type { Clock } from './clock.ts';

export interface ControllerOptions {
  readonly name: string;
  /** Compares what is with what should be for one key and takes a step. An error means: again, later and later. */
  // biome-ignore lint/suspicious/noConfusingVoidType: an async function without a return is a reconcile too
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<void | { requeueAfterMs: number }>;
  /** Keys worked on at once; one key is never worked on twice at once. @default 1 */
  readonly concurrency?: number;
  readonly clock?: Clock;
  readonly metrics?: Registry;
  /** Told of every error of `reconcile`. */
  readonly onError?: (error: unknown, key: string, attempt: number) => void;
}

const todo = (): never => {
  throw new Error('not there yet');
};

export class Controller {
  constructor(_options: ControllerOptions) {}
  enqueue(_key: string, _afterMs?: number): void {
    todo();
  }
  /** Resolves when the signal has aborted and the last reconcile has ended. */
  start(_signal: AbortSignal): Promise<void> {
    return todo();
  }
}
