/** The console's questions in SQL: each is asked with the rights of who is signed in. */
import type { Plain } from '../../engine/index.ts';
import {
  type Principal,
  Problem,
  type ProblemCode,
  type SqlDesk,
  type SqlQuestion,
  type SqlTable,
  subjectOf,
} from '../../server/index.ts';
import {
  type Answer,
  answerLines,
  exact,
  problemOf,
  type SqlService,
  type TableStatus,
  type VisibleTable,
} from '../../sql/index.ts';
import { csvLine } from '../sql/result-format.ts';
import type { Value } from '../sql/sql-client.ts';

export class KubeSqlDesk implements SqlDesk {
  readonly #service: Pick<SqlService, 'sql' | 'rights'>;

  constructor(service: Pick<SqlService, 'sql' | 'rights'>) {
    this.#service = service;
  }

  async ask({ sql, as, most }: SqlQuestion, reader: Principal, signal: AbortSignal): Promise<AsyncIterable<string>> {
    try {
      const grants = await this.#service.rights.grantsOf(subjectOf(reader));
      const answer = await this.#service.sql.ask({ sql, user: reader.name, grants, signal });
      return as === 'csv' ? csvOf(answer) : answerLines(answer, most);
    } catch (error) {
      throw refusalOf(error);
    }
  }

  async tables(reader: Principal): Promise<SqlTable[]> {
    const { sql, rights } = this.#service;
    const tables = await sql.visible(await rights.grantsOf(subjectOf(reader)));
    return tables.map((table) => tableOf(table, sql.statusesOf(table), Date.now()));
  }
}

async function* csvOf({ columns, rows }: Answer): AsyncGenerator<string> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const part of rows()) yield part.map((row) => csvLine(row.map(told))).join('');
}

/** As it is told in JSON too. */
function told(cell: Plain): Value {
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell !== 'object' || cell === null) return cell;
  return JSON.parse(JSON.stringify(cell, exact)) as Value;
}

const CODES: Readonly<Record<number, ProblemCode>> = {
  400: 'sql-wrong',
  403: 'sql-refused',
  422: 'sql-stopped',
  429: 'sql-busy',
  503: 'sql-away',
};

/** What is the program's own fault stays what it is. */
function refusalOf(error: unknown): unknown {
  const { status, code: state, detail, position, hint } = problemOf(error);
  const code = CODES[status];
  if (!code) return error;
  const sql = { state, ...(position !== undefined && { position }), ...(hint && { hint }) };
  return new Problem(code, { detail, sql, cause: error });
}

const WORST: readonly TableStatus['state'][] = ['forbidden', 'stale', 'syncing', 'disabled', 'live'];

function tableOf(table: VisibleTable, statuses: readonly TableStatus[], now: number): SqlTable {
  const { schema, name, doc, alias } = table;
  const columns = table.columns.map(({ name: column, type, doc: what, unit }) => {
    return { name: column, type, doc: what, ...(unit && { unit }) };
  });
  return { schema, name, doc, alias, columns, ...freshnessOf(statuses, now) };
}

function freshnessOf(statuses: readonly TableStatus[], now: number) {
  const state = WORST.find((one) => statuses.some((status) => status.state === one));
  const worst = statuses.find((status) => status.state === state);
  if (!worst || worst.state === 'live') return { ...(state && { state }) };
  const { lastEvent, error } = worst;
  return {
    state: worst.state,
    ...(lastEvent !== null && { silentSeconds: Math.round((now - lastEvent) / 1000) }),
    ...(error && { error }),
  };
}
