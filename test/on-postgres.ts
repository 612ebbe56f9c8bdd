/** What the suites of records need to run once more on PostgreSQL: a server of their own, named by $JDOS_TEST_POSTGRES. */
import process from 'node:process';
import { startPostgres } from '../src/records/postgres.testing.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env.JDOS_TEST_POSTGRES = server.database('first');
  return () => server.stop();
}
