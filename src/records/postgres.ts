/** kysely's PostgreSQL dialect over pg, with numbers as numbers. */
import { PostgresDialect } from 'kysely';

const INT8 = 20;
const CONNECTIONS = 8;

/** Only who uses PostgreSQL loads its client. */
export async function postgresDialect(url: string, onError: (error: unknown) => void): Promise<PostgresDialect> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    application_name: 'jdos',
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: (oid, format) => (oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) },
  });
  // A connection that dies while nobody uses it is replaced at the next use.
  pool.on('error', onError);
  return new PostgresDialect({ pool });
}
