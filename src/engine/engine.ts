/**
 * The query engine: DuckDB in a process of its own. It is started again when it dies, whatever it died of; what it held
 * is then gone, and `onRestart` says so. Queries are admitted, limited and cancelled here.
 */
import { Admission } from './admission.ts';
import { EngineError, errorOf } from './engine-error.ts';
import { EngineProcess } from './engine-process.ts';
import type { Batch, Description, Parsed, Plain, QueryText, ReadLimits, Reply, Request } from './message.ts';
import { ResultStream } from './result-stream.ts';

export interface EngineOptions {
  /** Of DuckDB's own memory, as it writes it. @default '1GB' */
  readonly memoryLimit?: string;
  /** @default 2 */
  readonly threads?: number;
  /** Directories that trusted statements may read and write. @default none */
  readonly directories?: readonly string[];
  /**
   * Memory that has been freed stays with the process: quicker for steady work, and no more than it once needed. Else it
   * goes back to the system soon. @default false
   */
  readonly holdsMemory?: boolean;
  /** Queries at a time, of one user at a time, and how many may wait. @default 6, 2, 100 */
  readonly concurrent?: number;
  readonly perUser?: number;
  readonly queue?: number;
  /** Told when the engine died and is there again, empty. */
  readonly onRestart?: (why: string) => void;
}

export interface Query extends QueryText {
  readonly parameters?: readonly Plain[];
  /** Who asks; places are shared out by it. */
  readonly user: string;
  readonly limits?: Partial<ReadLimits>;
  readonly signal?: AbortSignal;
}

/** What a query may take unless told otherwise. */
export const LIMITS: ReadLimits = { timeoutMs: 30_000, maxRows: 1_000_000, maxBytes: 256 << 20 };
/** A query that does not end so long after it was told to takes the whole process with it. */
const GRACE_MS = 5_000;
const PAUSE_MS = 200;

export class Engine {
  readonly #o: EngineOptions;
  readonly #admission: Admission;
  #process: EngineProcess;
  #stopping = false;

  private constructor(options: EngineOptions) {
    this.#o = options;
    const { concurrent = 6, perUser = 2, queue = 100 } = options;
    this.#admission = new Admission({ concurrent, perUser, queue });
    this.#process = this.#launch();
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    await engine.#process.ready;
    void engine.#supervise();
    return engine;
  }

  /** The process at the moment, for measuring and for tests that end it. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Rejects with an EngineError; so does reading on. Who stops reading early stops the query. */
  async query(query: Query): Promise<ResultStream> {
    const leave = await this.#admission.enter(query.user, query.signal).catch((error: unknown) => {
      throw error instanceof EngineError ? error : cancelled();
    });
    try {
      return await this.#open(query, leave);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** All rows at once, of a query that is known to be small. */
  async rows(query: Query): Promise<Plain[][]> {
    const result = await this.query(query);
    return (await Array.fromAsync(result.rows())).flat() as Plain[][];
  }

  async parse(sql: string): Promise<Parsed> {
    const reply = await this.#ask({ kind: 'parse', sql });
    if (reply.kind !== 'parsed') throw unexpected(reply);
    return reply.parsed;
  }

  async describe(text: QueryText): Promise<Description> {
    const reply = await this.#ask({ kind: 'describe', ...text });
    if (reply.kind !== 'described') throw unexpected(reply);
    return reply.description;
  }

  /** Trusted. Batches take effect in the order of their calls. */
  async write(batch: Batch): Promise<void> {
    await this.#ask({ kind: 'batch', batch });
  }

  /** The same for a whole request that another thread has encoded: `v8.serialize({ kind: 'batch', batch })`. */
  async writeEncoded(payload: Uint8Array): Promise<void> {
    await new Promise<Reply>((resolve, reject) => {
      const { id, done } = this.#once(resolve, reject);
      id(this.#process.askEncoded(payload, done));
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#process.kill();
    await this.#process.ended;
  }

  #open(query: Query, leave: () => void): Promise<ResultStream> {
    const { sql, path, parameters = [], signal } = query;
    const limits = { ...LIMITS, ...query.limits };
    const request: Request = { kind: 'query', sql, parameters, limits, ...(path && { path }) };
    const process = this.#process;
    return ResultStream.open(process, request, {
      ...(signal && { signal }),
      killAfterMs: limits.timeoutMs + GRACE_MS,
      onEnd: leave,
    });
  }

  #ask(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { id, done } = this.#once(resolve, reject);
      id(this.#process.ask(request, done));
    });
  }

  /** A listener for the one reply of a request, whose number is known only after it was sent. */
  #once(resolve: (reply: Reply) => void, reject: (error: unknown) => void) {
    const process = this.#process;
    let number = 0;
    const done = (reply: Reply) => {
      process.forget(number);
      if (reply.kind === 'failed') reject(errorOf(reply.fault));
      else resolve(reply);
    };
    const id = (given: number) => {
      number = given;
    };
    return { id, done };
  }

  #launch(): EngineProcess {
    const { memoryLimit = '1GB', threads = 2, directories = [], holdsMemory = false } = this.#o;
    return new EngineProcess({ memoryLimit, threads, directories, holdsMemory });
  }

  async #supervise(): Promise<void> {
    for (;;) {
      const why = await this.#process.ended;
      if (this.#stopping) return;
      this.#process = this.#launch();
      const alive = await this.#process.ready.then(
        () => true,
        () => false,
      );
      if (alive) this.#o.onRestart?.(why);
      else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function cancelled(): EngineError {
  return new EngineError('57014', 'canceling statement due to user request');
}

function unexpected(reply: Reply): Error {
  return new Error(`the query engine answered ${reply.kind}`);
}
