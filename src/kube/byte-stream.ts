/** A body that arrives in its own time: the transport pushes, one reader iterates, and a slow reader slows the sender. */

const PAUSE_ABOVE = 1 << 20;

export interface Flow {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

export class ByteStream implements AsyncIterableIterator<Uint8Array> {
  readonly #flow: Flow;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #paused = false;
  #done = false;
  #error: Error | undefined;
  #waiting: PromiseWithResolvers<IteratorResult<Uint8Array>> | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  push(chunk: Uint8Array): void {
    if (this.#done) return;
    const reader = this.#takeReader();
    if (reader) reader.resolve({ done: false, value: chunk });
    else this.#keep(chunk);
  }

  /** No more will come; with an error the reader gets it after what has already arrived. */
  finish(error?: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#error = error;
    const reader = this.#takeReader();
    if (error) reader?.reject(error);
    else reader?.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const chunk = this.#chunks.shift();
    if (chunk) return Promise.resolve({ done: false, value: this.#taken(chunk) });
    if (this.#error) return Promise.reject(this.#error);
    if (this.#done) return Promise.resolve({ done: true, value: undefined });
    this.#waiting = Promise.withResolvers();
    return this.#waiting.promise;
  }

  /** The reader has had enough: the connection's stream is given up. */
  return(): Promise<IteratorResult<Uint8Array>> {
    this.#chunks = [];
    if (!this.#done) {
      this.finish();
      this.#flow.abort(new Error('the reader stopped'));
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #takeReader() {
    const reader = this.#waiting;
    this.#waiting = undefined;
    return reader;
  }

  #keep(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > PAUSE_ABOVE && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
  }

  #taken(chunk: Uint8Array): Uint8Array {
    this.#bytes -= chunk.length;
    if (this.#paused && this.#bytes < PAUSE_ABOVE / 2) {
      this.#paused = false;
      this.#flow.resume();
    }
    return chunk;
  }
}
