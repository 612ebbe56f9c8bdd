/**
 * The durable half of storage: an append-only log of revisions in one SQLite file.
 *
 * A row is one write; its rowid is the revision. Rows only ever go to the end, and a row is deleted when a later one of
 * the same key has replaced it and no watcher may ask for it any more. Replaying the rows in order gives the state.
 */
import { closeSync, existsSync, fdatasync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { JdosError } from '../../errors/index.ts';

export interface LogRow {
  readonly rev: number;
  readonly collection: string;
  readonly key: string;
  /** The object as served; null records its deletion. */
  readonly value: Uint8Array | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a commit writes: new rows, and old ones that nobody needs any more. */
export interface LogBatch {
  readonly append: readonly LogRow[];
  readonly forget: readonly number[];
  /** Collections whose history now begins after this revision. */
  readonly compacted: ReadonlyMap<string, number>;
}

const SCHEMA_VERSION = 1;
/** Several objects to a page, so that a commit of many writes few; a file that is there keeps its own size. */
const PAGE_BYTES = 16 * 1024;
/** A checkpoint holds up everybody while the disk syncs: one for 32 MiB rather than for each 4. */
const CHECKPOINT_PAGES = 2048;
const TABLES = `
  CREATE TABLE IF NOT EXISTS log (
    rev INTEGER PRIMARY KEY, collection TEXT NOT NULL, key TEXT NOT NULL, value BLOB, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS compaction (collection TEXT PRIMARY KEY, rev INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

export class RevisionLog {
  readonly #db: DatabaseSync;
  readonly #wal: number;
  readonly #insert: StatementSync;
  readonly #forget: StatementSync;
  readonly #compact: StatementSync;

  /** Opens or creates `dir/state.db`, alone: a second opener is refused. `dir` must exist. */
  static open(dir: string): RevisionLog {
    const file = join(dir, 'state.db');
    try {
      return new RevisionLog(file);
    } catch (error) {
      throw explain(error, dir);
    }
  }

  private constructor(file: string) {
    const fresh = !existsSync(file);
    // SQLite gives its other files the mode of this one: the secrets of a cluster are in them.
    closeSync(openSync(file, 'a', 0o600));
    this.#db = new DatabaseSync(file);
    this.#db.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    if (fresh) this.#db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    const { user_version: version } = this.#db.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version !== SCHEMA_VERSION) throw new Error(`${file} has format ${version}, this JDOS reads ${SCHEMA_VERSION}`);
    this.#db.exec(TABLES);
    this.#insert = this.#db.prepare('INSERT INTO log (rev, collection, key, value, at) VALUES (?, ?, ?, ?, ?)');
    this.#forget = this.#db.prepare('DELETE FROM log WHERE rev = ?');
    this.#compact = this.#db.prepare('INSERT OR REPLACE INTO compaction (collection, rev) VALUES (?, ?)');
    this.#wal = openSync(`${file}-wal`, 'r+');
  }

  /** All rows, oldest first. */
  *rows(): IterableIterator<LogRow> {
    yield* this.#db
      .prepare('SELECT rev, collection, key, value, at FROM log ORDER BY rev')
      .iterate() as IterableIterator<unknown> as IterableIterator<LogRow>;
  }

  /** For each collection the revision up to which its history is gone. */
  compacted(): Map<string, number> {
    const rows = this.#db.prepare('SELECT collection, rev FROM compaction').all() as unknown as {
      collection: string;
      rev: number;
    }[];
    return new Map(rows.map((row) => [row.collection, row.rev]));
  }

  /**
   * Writes a batch in one transaction and resolves when it is on disk. SQLite's own fsync is left out
   * (`synchronous = NORMAL`); the write-ahead log is synced here instead, off the event loop's thread.
   */
  async commit(batch: LogBatch): Promise<void> {
    this.#transact(batch);
    await new Promise<void>((resolve, reject) => fdatasync(this.#wal, (error) => (error ? reject(error) : resolve())));
  }

  #transact(batch: LogBatch): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      for (const row of batch.append) this.#insert.run(row.rev, row.collection, row.key, row.value, row.at);
      for (const rev of batch.forget) this.#forget.run(rev);
      for (const [collection, rev] of batch.compacted) this.#compact.run(collection, rev);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Moves the write-ahead log into the main file and closes. */
  close(): void {
    closeSync(this.#wal);
    this.#db.close();
  }
}

function explain(error: unknown, dir: string): unknown {
  const detail = error instanceof Error ? error.message : String(error);
  if (/locked|busy/i.test(detail))
    return new JdosError('JDOS_ERR_DATA_DIR_IN_USE', { dir, pid: '(unknown)' }, { cause: error });
  return new JdosError('JDOS_ERR_DATA_CORRUPT', { dir, detail }, { cause: error });
}
