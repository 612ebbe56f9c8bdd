/** Answers questions about the catalogue; started when the first is asked, ended when one hangs or none has come for long. */
import { Worker } from 'node:worker_threads';
import { EngineError } from '../../engine/index.ts';
import type { CatalogueReply, CatalogueRequest } from './worker.ts';

export interface CatalogueOptions {
  /** A file in which a start of some seconds is kept for the next. */
  readonly cache?: string;
  /** A question that is not answered by then never will be. @default 2000 */
  readonly timeoutMs?: number;
  /** @default 300_000 */
  readonly idleMs?: number;
}

interface Life {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly waiting: Map<number, (reply: CatalogueReply) => void>;
  /** Which tables it knows. */
  known: string;
}

const START_MS = 30_000;

export class Catalogue {
  readonly #o: CatalogueOptions;
  #life: Life | undefined;
  #next = 1;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: CatalogueOptions = {}) {
    this.#o = options;
  }

  /** `tables` names the set of tables; `define` gives their definitions. One question at a time. */
  ask(tables: string, define: () => string, messages: Buffer): Promise<Buffer> {
    const answer = this.#last.then(() => this.#ask(tables, define, messages));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const life = this.#life;
    this.#life = undefined;
    for (const done of life?.waiting.values() ?? []) done({ number: 0, error: 'stopped' });
    await life?.worker.terminate();
  }

  async #ask(tables: string, define: () => string, messages: Buffer): Promise<Buffer> {
    clearTimeout(this.#idle);
    this.#life ??= this.#start();
    const life = this.#life;
    await timely(life.ready, START_MS).catch((error: unknown) => this.#giveUp(error));
    const changed = life.known !== tables;
    life.known = tables;
    const reply = this.#reply(life, { ...(changed && { definitions: define() }), messages: Uint8Array.from(messages) });
    const { answer, error } = await timely(reply, (this.#o.timeoutMs ?? 2000) + (changed ? START_MS : 0)).catch(
      (slow: unknown) => this.#giveUp(slow),
    );
    this.#idle = setTimeout(() => void this.stop(), this.#o.idleMs ?? 300_000);
    this.#idle.unref();
    if (!answer) throw new EngineError('XX000', `the catalogue cannot answer: ${error}`);
    return Buffer.from(answer);
  }

  #reply(life: Life, request: Omit<CatalogueRequest, 'number'>): Promise<CatalogueReply> {
    const number = this.#next++;
    return new Promise((resolve) => {
      life.waiting.set(number, (reply) => {
        life.waiting.delete(number);
        resolve(reply);
      });
      life.worker.postMessage({ number, ...request });
    });
  }

  #start(): Life {
    const { cache } = this.#o;
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: { ...(cache && { cache }) } });
    worker.unref();
    const waiting: Life['waiting'] = new Map();
    const ready = new Promise<void>((resolve, reject) => {
      waiting.set(0, () => resolve());
      worker.once('error', reject);
    });
    ready.catch(() => undefined);
    worker.on('message', (reply: CatalogueReply) => waiting.get(reply.number)?.(reply));
    return { worker, ready, waiting, known: '' };
  }

  /** What hangs in WebAssembly can only be ended; the next question starts anew. */
  async #giveUp(error: unknown): Promise<never> {
    await this.stop();
    throw error;
  }
}

function timely<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new EngineError('57014', 'the catalogue took too long and is started again')),
    ms,
  );
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
