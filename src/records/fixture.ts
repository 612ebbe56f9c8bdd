/** For tests: a place for records of one's own, on the engine under test: SQLite, or PostgreSQL where $JDOS_TEST_POSTGRES is. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

let places = 0;

/** For `openRecords`. Directories go away with the process, databases with their server. */
export function newPlace(): string {
  const server = process.env.JDOS_TEST_POSTGRES;
  return server ? newDatabase(server) : newDirectory();
}

function newDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'jdos-records-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function newDatabase(server: string): string {
  const name = `t${process.pid}_${places++}`;
  execFileSync('psql', [server, '-qc', `create database "${name}"`]);
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}
