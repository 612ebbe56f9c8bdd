/** Decides whether a statement may run for somebody, and says why not. */
import { EngineError, type Parsed } from '../engine/index.ts';
import { resultNames } from './column-names.ts';
import { nearest } from './nearest.ts';
import { forbidden, noRight, noSuchTable, oneStatement, readOnly } from './refusal.ts';
import { explained, isEmpty, keywordOf } from './statement.ts';
import { inspect, type TableName } from './tree.ts';

/** What somebody may read. */
export interface Readable<T> {
  /** Nothing is kept from them. */
  readonly full: boolean;
  /** Said to who wants to change something: where these tables come from. */
  readonly origin: string;
  /** Names in small letters; the schema may be empty. */
  find(schema: string, name: string): T | undefined;
  names(): readonly string[];
}

/** A statement that may run, as the engine is to get it. */
export interface Admitted<T> {
  readonly kind: 'query' | 'explain' | 'empty';
  readonly sql: string;
  readonly tables: readonly T[];
  /** What result columns are called, where PostgreSQL would call them otherwise than DuckDB; in order. */
  readonly names: readonly (string | undefined)[];
}

/** Also such as only PostgreSQL has, which DuckDB would call a mistake of syntax. */
const CHANGES = new Set(
  (
    'INSERT UPDATE DELETE MERGE TRUNCATE CREATE ALTER DROP GRANT REVOKE COMMENT COPY SET RESET LOCK CALL DO EXECUTE PREPARE ' +
    'ATTACH DETACH USE LOAD INSTALL IMPORT EXPORT VACUUM ANALYZE REINDEX CLUSTER CHECKPOINT LISTEN NOTIFY UNLISTEN REFRESH ' +
    'SECURITY REASSIGN DECLARE FETCH MOVE CLOSE PRAGMA UPSERT REPLACE'
  ).split(' '),
);

/** DuckDB's parser: the gate judges what will run by the tree of what will run it. */
export type Parse = (sql: string) => Promise<Parsed>;

/** @throws EngineError with what is wrong */
export async function admit<T>(sql: string, scope: Readable<T>, parse: Parse): Promise<Admitted<T>> {
  if (isEmpty(sql)) return { kind: 'empty', sql, tables: [], names: [] };
  const explain = explained(sql);
  if (explain) return admitExplain(explain, scope, parse);
  const keyword = keywordOf(sql);
  if (CHANGES.has(keyword)) throw readOnly(keyword, scope.origin);
  const { questions } = await parse(sql);
  if (!questions) throw readOnly(keyword || 'this statement', scope.origin);
  if (questions.length > 1) throw oneStatement(questions.length);
  const [tree] = questions;
  if (tree === undefined) return { kind: 'empty', sql, tables: [], names: [] };
  const { tables } = inspect(tree);
  return {
    kind: 'query',
    sql,
    tables: tables.map((table) => resolve(table, scope, sql)),
    names: resultNames(tree),
  };
}

async function admitExplain<T>(
  { query, offset, analyze }: NonNullable<ReturnType<typeof explained>>,
  scope: Readable<T>,
  parse: Parse,
): Promise<Admitted<T>> {
  if (analyze) throw forbidden('EXPLAIN ANALYZE is refused: it runs the query; EXPLAIN shows the plan');
  if (!scope.full)
    throw forbidden('EXPLAIN is refused: a plan tells how many rows there are, also those you may not see');
  const inner = await admit(query, scope, parse).catch((error: unknown) => {
    throw shifted(error, offset);
  });
  if (inner.kind !== 'query') throw forbidden('EXPLAIN needs a query');
  return { ...inner, kind: 'explain', sql: `EXPLAIN ${inner.sql}`, names: ['plan', 'text'] };
}

function shifted(error: unknown, by: number): unknown {
  if (!(error instanceof EngineError) || error.position === undefined) return error;
  return new EngineError(error.code, error.message, {
    position: error.position + by,
    ...(error.hint && { hint: error.hint }),
  });
}

function resolve<T>({ schema, name, at }: TableName, scope: Readable<T>, sql: string): T {
  const table = scope.find(schema.toLowerCase(), name.toLowerCase());
  if (table) return table;
  const position = at === undefined ? undefined : Buffer.from(sql).subarray(0, at).toString().length + 1;
  const shownName = schema ? `${schema}.${name}` : name;
  if (!scope.full) throw noRight(shownName, position);
  throw noSuchTable(shownName, nearest(name, scope.names()), position);
}
