/** Asks the KubeSQL of a running instance, over the socket in its data directory. */
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { JdosError } from '../../errors/index.ts';
import type { Notice, Problem, VisibleTable } from '../../sql/index.ts';

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

export interface SqlResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly notices: readonly Notice[];
  readonly rows: AsyncGenerator<readonly Value[]>;
}

/** A query that was not carried out. */
export class SqlError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export class SqlClient {
  readonly #socketPath: string;
  readonly #dir: string;

  constructor(socketPath: string, dir: string) {
    this.#socketPath = socketPath;
    this.#dir = dir;
  }

  /** @throws SqlError what the service says; JdosError JDOS_ERR_NOT_RUNNING */
  async query(sql: string, signal?: AbortSignal): Promise<SqlResult> {
    const answer = await this.#ask('POST', '/query', JSON.stringify({ sql }), signal);
    const lines = createInterface({ input: answer })[Symbol.asyncIterator]();
    const head = JSON.parse((await lines.next()).value as string) as Pick<SqlResult, 'columns' | 'notices'>;
    return { ...head, rows: rowsOf(lines) };
  }

  async tables(): Promise<readonly VisibleTable[]> {
    const answer = await this.#ask('GET', '/tables');
    return JSON.parse(await textOf(answer)) as readonly VisibleTable[];
  }

  async #ask(method: string, path: string, body?: string, signal?: AbortSignal): Promise<NodeJS.ReadableStream> {
    const answer = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const options = { socketPath: this.#socketPath, method, path, agent: false as const, ...(signal && { signal }) };
      const sent = request(options, resolve);
      sent.once('error', (error: NodeJS.ErrnoException) => reject(absent(error) ? this.#notRunning() : error));
      sent.end(body);
    });
    if (answer.statusCode === 200) return answer;
    throw new SqlError(JSON.parse(await textOf(answer)) as Problem);
  }

  #notRunning(): JdosError {
    return new JdosError('JDOS_ERR_NOT_RUNNING', { dir: this.#dir });
  }
}

async function* rowsOf(lines: AsyncIterator<string>): AsyncGenerator<readonly Value[]> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done) throw new SqlError(broken());
    const line = JSON.parse(value) as readonly Value[] | { readonly rows: number } | { readonly error: Problem };
    if ('rows' in line) return;
    if ('error' in line) throw new SqlError(line.error);
    yield line;
  }
}

function broken(): Problem {
  const detail = 'the answer broke off before its end; ask again';
  return { type: 'about:blank', title: 'broken off', status: 503, detail, code: '57P01' };
}

function absent({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ECONNREFUSED';
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
