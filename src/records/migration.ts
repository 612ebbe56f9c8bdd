/** Brings a database to the shape that this program expects. */
import type { CreateTableBuilder, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';

export type Engine = 'sqlite' | 'postgres';

/** One step of the database's shape; runs in a transaction with the others that are due, so all happen or none. */
export interface Migration {
  up(db: Kysely<unknown>, engine: Engine): Promise<void>;
}

/**
 * Runs what has not run. Of several processes that do so at once one works and the others wait for it.
 * @throws Error when a step failed (nothing has changed then), or the database has steps that this program does not know.
 */
export async function migrate(
  db: Kysely<never>,
  engine: Engine,
  set: Readonly<Record<string, Migration>>,
): Promise<void> {
  const steps = Object.entries(set).map(([name, step]) => [name, { up: (on: Kysely<unknown>) => step.up(on, engine) }]);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => Object.fromEntries(steps) },
    migrationTableName: 'migration',
    migrationLockTableName: 'migration_lock',
    // Tables of different rooms do not depend on each other, and rooms come in any order.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** A column `id` that counts 1, 2, 3 … by itself; numbers are not used twice. */
export function addIdentity<T extends string, C extends string>(
  table: CreateTableBuilder<T, C>,
  engine: Engine,
): CreateTableBuilder<T, C | 'id'> {
  return engine === 'sqlite'
    ? table.addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    : table.addColumn('id', 'bigint', (column) => column.generatedByDefaultAsIdentity().primaryKey());
}
