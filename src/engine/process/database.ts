/** The one DuckDB instance of this process: in memory, without files, extensions or settings that could be changed. */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

export interface DatabaseSettings {
  /** As DuckDB writes it: `1GB`. */
  readonly memoryLimit: string;
  readonly threads: number;
  /** Directories that trusted statements may read and write; nothing else on disk is in reach. */
  readonly directories: readonly string[];
  /** What has been freed is kept for the next work, not given back to the system. */
  readonly holdsMemory: boolean;
}

export async function openDatabase(settings: DatabaseSettings): Promise<DuckDBInstance> {
  const flush = settings.holdsMemory ? '1GB' : '16MB';
  const database = await DuckDBInstance.create(':memory:', {
    memory_limit: settings.memoryLimit,
    threads: String(settings.threads),
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    // Unless told otherwise, what has been freed goes back soon, not when half a gigabyte of it has gathered.
    allocator_background_threads: 'true',
    allocator_flush_threshold: flush,
    allocator_bulk_deallocation_flush_threshold: flush,
    // A checkpoint by itself stalls the writer for seconds; tables are rebuilt instead.
    checkpoint_threshold: '1TB',
  });
  const connection = await database.connect();
  const directories = settings.directories.map((directory) => `'${directory.replaceAll("'", "''")}'`).join(',');
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  if (directories) await connection.run(`SET GLOBAL allowed_directories = [${directories}]`);
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
  connection.closeSync();
  return database;
}

/** Connections that wait for work; a connection whose query failed badly is not used again. */
export class Connections {
  readonly #database: DuckDBInstance;
  #idle: DuckDBConnection[] = [];

  constructor(database: DuckDBInstance) {
    this.#database = database;
  }

  /** `path` is the `catalog.schema` in which names are looked up. */
  async use<T>(path: string | undefined, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.#database.connect());
    try {
      if (path) await connection.run(`SET search_path = '${path.replaceAll("'", "''")}'`);
      return await work(connection);
    } finally {
      if (this.#idle.length < 8) this.#idle.push(connection);
      else connection.closeSync();
    }
  }
}
