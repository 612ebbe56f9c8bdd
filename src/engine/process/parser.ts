/**
 * What a text says, by DuckDB's own parser: nothing is bound and nothing runs. `extractStatements` will not do: it reads
 * the files that an IMPORT DATABASE names.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Parsed } from '../message.ts';
import { Stopped } from './reader.ts';

interface Tree {
  readonly statements?: readonly unknown[];
  readonly error_type?: string;
  readonly error_message?: string;
  /** In bytes from 0. */
  readonly position?: string;
}

/** @throws Stopped with what DuckDB says of text that it cannot read */
export async function parse(connection: DuckDBConnection, sql: string): Promise<Parsed> {
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql('${sql.replaceAll("'", "''")}')`);
  const tree = JSON.parse(String(reader.getRows()[0]![0])) as Tree;
  if (tree.statements) return { questions: tree.statements };
  if (tree.error_type === 'not implemented') return {};
  const place = tree.position === undefined ? {} : { position: positionOf(sql, Number(tree.position)) };
  throw new Stopped({ type: 'Parser', message: tree.error_message ?? 'the text cannot be read', ...place });
}

function positionOf(sql: string, bytes: number): number {
  return Buffer.from(sql).subarray(0, bytes).toString().length + 1;
}
