/** The directory in which one running JDOS keeps everything, and the lock that says whose it is. */
import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Command, Option } from 'commander';

const DEFAULT = join(homedir(), '.jdos');

export interface DataDirOptions {
  readonly data: string;
}

export function addDataDir(command: Command): Command {
  const option = new Option('--data <dir>', 'data directory of the instance');
  return command.addOption(
    option
      .env('JDOS_DATA')
      .default(DEFAULT, '~/.jdos')
      .argParser((dir) => (dir === '' ? DEFAULT : resolve(dir))),
  );
}

/** Makes the directory, for its owner only. */
export function makeDataDir(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
}

/**
 * Held while one process owns the directory. It is a lock of the operating system (through SQLite), so it vanishes with
 * its owner however that ends, and nothing stale is ever left to judge.
 */
export class DataDirLock implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Undefined when another process holds it. */
  static take(dir: string): DataDirLock | undefined {
    const database = new DatabaseSync(join(dir, 'lock'), { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new DataDirLock(database);
    } catch (error) {
      database.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && (error as Error & { errcode?: number }).errcode === SQLITE_BUSY;
}
