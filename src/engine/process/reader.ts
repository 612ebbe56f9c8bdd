/** One query on a connection of its own: sends columns, then rows as fast as they are taken, within its limits. */
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBValue } from '@duckdb/node-api';
import type { Description, Fault, Plain, ReadLimits, Reply, Request, ResultColumn } from '../message.ts';
import { plain, typeName } from './plain.ts';

export type Query = Extract<Request, { kind: 'query' }>;

/** Rows that may be under way before the owner asks for more, and the size of one message. */
const MESSAGE_ROWS = 2048;
const NUDGE_MS = 20;

export class Reader {
  readonly #send: (reply: Reply) => void;
  #connection: DuckDBConnection | undefined;
  #stopped: Fault | undefined;
  #nudge: NodeJS.Timeout | undefined;
  #more: (() => void) | undefined;
  #credit = 2;
  #rows = 0;
  #bytes = 0;

  constructor(send: (reply: Reply) => void) {
    this.#send = send;
  }

  /** @throws what DuckDB says, or the limit that was met. */
  async run(connection: DuckDBConnection, query: Query): Promise<void> {
    const timer = setTimeout(() => this.stop(timeout(query.limits)), query.limits.timeoutMs);
    this.#connection = connection;
    try {
      this.#check();
      await this.#read(connection, query);
    } catch (error) {
      throw this.#stopped ? new Stopped(this.#stopped) : error;
    } finally {
      this.#connection = undefined;
      clearTimeout(timer);
      clearInterval(this.#nudge);
    }
  }

  /** The rows sent so far have been taken. */
  more(): void {
    this.#credit++;
    this.#more?.();
  }

  /** An interrupt is lost on a query that has not begun, so it is repeated until the query has ended. */
  stop(fault: Fault): void {
    if (this.#stopped) return;
    this.#stopped = fault;
    this.#more?.();
    this.#connection?.interrupt();
    this.#nudge = setInterval(() => this.#connection?.interrupt(), NUDGE_MS);
  }

  async #read(connection: DuckDBConnection, { sql, parameters, limits }: Query): Promise<void> {
    const statement = await connection.prepare(sql);
    try {
      bind(statement, parameters);
      this.#check();
      const result = await statement.stream();
      this.#send({ kind: 'columns', columns: columnsOf(result) });
      await this.#sendRows(result, limits);
    } finally {
      statement.destroySync();
    }
  }

  async #sendRows(result: DuckDBResult, limits: ReadLimits): Promise<void> {
    for (;;) {
      this.#check();
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      const rows = chunk.getRows().map((row) => row.map(plain));
      this.#count(rows, limits);
      for (let at = 0; at < rows.length; at += MESSAGE_ROWS) {
        await this.#credited();
        this.#send({ kind: 'rows', rows: rows.slice(at, at + MESSAGE_ROWS) });
      }
    }
  }

  async #credited(): Promise<void> {
    while (this.#credit === 0 && !this.#stopped) {
      await new Promise<void>((resolve) => {
        this.#more = resolve;
      });
    }
    this.#check();
    this.#credit--;
  }

  #count(rows: readonly (readonly Plain[])[], { maxRows, maxBytes }: ReadLimits): void {
    this.#rows += rows.length;
    if (this.#rows > maxRows) throw new Stopped(tooMany('Rows', `more than ${maxRows} rows`));
    this.#bytes += rows.reduce((sum, row) => sum + row.reduce<number>((of, cell) => of + sizeOf(cell), 0), 0);
    if (this.#bytes > maxBytes) throw new Stopped(tooMany('Bytes', `more than ${maxBytes} bytes`));
  }

  #check(): void {
    if (this.#stopped) throw new Stopped(this.#stopped);
  }
}

/** Thrown in place of what an interrupted query says. */
export class Stopped extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

export function describe(statement: DuckDBPreparedStatement): Description {
  const parameters = Array.from({ length: statement.parameterCount }, (_, i) => parameterType(statement, i + 1));
  const columns = Array.from({ length: statement.columnCount }, (_, i) => ({
    name: statement.columnName(i),
    type: typeName(statement.columnType(i)),
  }));
  return { parameters, columns };
}

function parameterType(statement: DuckDBPreparedStatement, index: number): string {
  const type = statement.parameterType(index).toString();
  return ['INVALID', 'ANY', 'UNKNOWN', 'SQLNULL'].includes(type) ? '' : type;
}

function columnsOf(result: DuckDBResult): ResultColumn[] {
  return result.columnNames().map((name, i) => ({ name, type: typeName(result.columnType(i)) }));
}

function bind(statement: DuckDBPreparedStatement, parameters: readonly Plain[]): void {
  if (parameters.length > 0) statement.bind(parameters.map((value) => value as DuckDBValue));
}

function sizeOf(cell: Plain): number {
  if (typeof cell === 'string') return cell.length;
  if (cell === null || typeof cell !== 'object') return 8;
  return Object.values(cell).reduce<number>((sum, part) => sum + sizeOf(part), 8);
}

function timeout({ timeoutMs }: ReadLimits): Fault {
  return { type: 'Timeout', message: `the query was stopped: it ran longer than its limit of ${timeoutMs / 1000} s` };
}

function tooMany(type: string, what: string): Fault {
  return {
    type,
    message: `the query was stopped: its result has ${what}, which is the limit; add conditions or a LIMIT`,
  };
}
