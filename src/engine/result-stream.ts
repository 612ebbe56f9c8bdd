/** The answer to one query: its columns, and its rows as they are taken. */
import { type EngineError, errorOf } from './engine-error.ts';
import type { EngineProcess } from './engine-process.ts';
import type { Plain, Reply, Request, ResultColumn } from './message.ts';

export type Rows = readonly (readonly Plain[])[];

export interface StreamOptions {
  readonly signal?: AbortSignal;
  /** Then the process is ended. */
  readonly killAfterMs: number;
  /** Called once, when the query has ended. */
  readonly onEnd: () => void;
}

export class ResultStream {
  readonly #process: EngineProcess;
  readonly #o: StreamOptions;
  readonly #columns = Promise.withResolvers<readonly ResultColumn[]>();
  readonly #killer: NodeJS.Timeout;
  readonly #cancel = () => this.cancel();
  #id = 0;
  #parts: Rows[] = [];
  #ended = false;
  #error: EngineError | undefined;
  #wake: (() => void) | undefined;
  columns: readonly ResultColumn[] = [];

  static async open(process: EngineProcess, request: Request, options: StreamOptions): Promise<ResultStream> {
    const stream = new ResultStream(process, request, options);
    stream.columns = await stream.#columns.promise;
    return stream;
  }

  private constructor(process: EngineProcess, request: Request, options: StreamOptions) {
    this.#process = process;
    this.#o = options;
    this.#killer = setTimeout(() => process.kill(), options.killAfterMs);
    options.signal?.addEventListener('abort', this.#cancel, { once: true });
    this.#id = process.ask(request, (reply) => this.#take(reply));
    if (options.signal?.aborted) this.cancel();
  }

  /** Asks for the end; the rows then end with an error. */
  cancel(): void {
    this.#process.tell(this.#id, { kind: 'cancel' });
  }

  async *rows(): AsyncGenerator<Rows> {
    try {
      for (;;) {
        const part = this.#parts.shift();
        if (part) {
          yield part;
          this.#process.tell(this.#id, { kind: 'more' });
        } else if (this.#error) throw this.#error;
        else if (this.#ended) return;
        else await this.#woken();
      }
    } finally {
      if (!this.#ended) this.cancel();
    }
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #take(reply: Reply): void {
    if (reply.kind === 'columns') this.#columns.resolve(reply.columns);
    else if (reply.kind === 'rows') this.#parts.push(reply.rows);
    else this.#end(reply.kind === 'failed' ? errorOf(reply.fault) : undefined);
    this.#wake?.();
  }

  #end(error: EngineError | undefined): void {
    this.#ended = true;
    this.#error = error;
    if (error) this.#columns.reject(error);
    clearTimeout(this.#killer);
    this.#o.signal?.removeEventListener('abort', this.#cancel);
    this.#process.forget(this.#id);
    this.#o.onEnd();
  }
}
