/**
 * What has been taken in, and how far: one transaction says which files of events are there, up to where each source was
 * read, and what was rejected. Whatever is not written here has not happened.
 */
import { DatabaseSync } from 'node:sqlite';

export interface EventFile {
  /** Below the store, as `events/dt=2026-11-27/hour=08/3f2a….parquet`. */
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** First and last `stage_at`, in microseconds. */
  readonly minUs: number;
  readonly maxUs: number;
}

/** How far a source was read. */
export interface Mark {
  readonly id: string;
  readonly path: string;
  /** Bytes of its text, unpacked. */
  readonly offset: number;
  /** Lines before that. */
  readonly line: number;
  /** The last bytes before the offset, to see later whether it is the same text. */
  readonly tail: Uint8Array;
  /** Size of the packed file when all of it was read; 0 where it is not packed or not done. */
  readonly packed: number;
}

export interface Rejected {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the line's first byte. */
  readonly offset: number;
  readonly reason: string;
  /** The line's beginning. */
  readonly text: string;
}

export interface Counts {
  readonly lines: number;
  readonly events: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface Commit extends Counts {
  readonly files: readonly EventFile[];
  readonly marks: readonly Mark[];
  readonly rejects: readonly Rejected[];
  /** Names of files that these take the place of. */
  readonly replaces?: readonly string[];
}

/** Rejects that are kept with their text; beyond it they are counted only. */
const KEPT = 100_000;

const TABLES = `
CREATE TABLE IF NOT EXISTS files (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, bytes INTEGER NOT NULL, min_us INTEGER NOT NULL,
  max_us INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX IF NOT EXISTS files_by_time ON files (max_us, min_us);
CREATE TABLE IF NOT EXISTS sources (id TEXT PRIMARY KEY, path TEXT NOT NULL, "offset" INTEGER NOT NULL, line INTEGER NOT NULL,
  tail BLOB NOT NULL, packed INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS rejects (file TEXT NOT NULL, line INTEGER NOT NULL, "offset" INTEGER NOT NULL, reason TEXT NOT NULL,
  text TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS totals (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;`;

export class Ledger implements Disposable {
  readonly #database: DatabaseSync;
  readonly #now: () => number;

  constructor(path: string, { now = Date.now, readOnly = false }: { now?: () => number; readOnly?: boolean } = {}) {
    this.#now = now;
    this.#database = new DatabaseSync(path, { readOnly, timeout: 10_000 });
    if (readOnly) return;
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    this.#database.exec(TABLES);
  }

  /** Takes effect as a whole. */
  commit({ files, marks, rejects, replaces = [], ...counts }: Commit): void {
    this.#transaction(() => {
      const database = this.#database;
      const file = database.prepare('INSERT INTO files (name, rows, bytes, min_us, max_us) VALUES (?, ?, ?, ?, ?)');
      for (const { name, rows, bytes, minUs, maxUs } of files) file.run(name, rows, bytes, minUs, maxUs);
      this.#mark(replaces);
      const source = database.prepare('INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?, ?, ?)');
      for (const { id, path, offset, line, tail, packed } of marks)
        source.run(id, path, offset, line, tail, packed, this.#now());
      const free = Math.max(0, KEPT - this.#count('SELECT count(*) AS value FROM rejects'));
      const reject = database.prepare('INSERT INTO rejects VALUES (?, ?, ?, ?, ?, ?)');
      for (const one of rejects.slice(0, free))
        reject.run(one.file, one.line, one.offset, one.reason, one.text, this.#now());
      const total = database.prepare(
        'INSERT INTO totals VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
      );
      for (const [name, value] of Object.entries(counts)) total.run(name, value);
    });
  }

  /** Files are to go: nobody reads them from now on. */
  discard(names: readonly string[]): void {
    this.#transaction(() => this.#mark(names));
  }

  /** Files that are to go, and may still be there. */
  gone(): string[] {
    return this.#database
      .prepare('SELECT name FROM files WHERE gone = 1')
      .all()
      .map((row) => String(row.name));
  }

  /** They are no longer there. */
  forget(names: readonly string[]): void {
    const statement = this.#database.prepare('DELETE FROM files WHERE name = ?');
    this.#transaction(() => {
      for (const name of names) statement.run(name);
    });
  }

  has(name: string): boolean {
    return this.#database.prepare('SELECT 1 FROM files WHERE name = ? AND gone = 0').get(name) !== undefined;
  }

  /** With events between the two moments, both included; the oldest first. */
  files(fromUs = 0, toUs = Number.MAX_SAFE_INTEGER): EventFile[] {
    return this.#database
      .prepare('SELECT * FROM files WHERE gone = 0 AND max_us >= ? AND min_us <= ? ORDER BY min_us, name')
      .all(fromUs, toUs)
      .map((row) => ({
        name: String(row.name),
        rows: Number(row.rows),
        bytes: Number(row.bytes),
        minUs: Number(row.min_us),
        maxUs: Number(row.max_us),
      }));
  }

  mark(id: string): Mark | undefined {
    const row = this.#database.prepare('SELECT * FROM sources WHERE id = ?').get(id);
    if (!row) return undefined;
    return {
      id,
      path: String(row.path),
      offset: Number(row.offset),
      line: Number(row.line),
      tail: row.tail instanceof Uint8Array ? row.tail : new Uint8Array(),
      packed: Number(row.packed),
    };
  }

  /** Nothing under this name will be read again. */
  forgetSource(path: string): void {
    this.#database.prepare('DELETE FROM sources WHERE path = ?').run(path);
  }

  rejects(limit = KEPT): Rejected[] {
    return this.#database
      .prepare('SELECT * FROM rejects ORDER BY rowid LIMIT ?')
      .all(limit)
      .map((row) => ({
        file: String(row.file),
        line: Number(row.line),
        offset: Number(row.offset),
        reason: String(row.reason),
        text: String(row.text),
      }));
  }

  /** Of all imports so far. */
  totals(): Counts {
    const rows = this.#database.prepare('SELECT name, value FROM totals').all();
    const of = (name: keyof Counts) => Number(rows.find((row) => row.name === name)?.value ?? 0);
    return { lines: of('lines'), events: of('events'), duplicates: of('duplicates'), rejected: of('rejected') };
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #mark(names: readonly string[]): void {
    const statement = this.#database.prepare('UPDATE files SET gone = 1 WHERE name = ?');
    for (const name of names) statement.run(name);
  }

  #count(sql: string): number {
    return Number(this.#database.prepare(sql).get()?.value ?? 0);
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
