/** A disk that fills up is noticed before it is full, so that what was begun can be finished; and told from other failures. */
import { statfsSync } from 'node:fs';
import { JdosError } from '../../errors/index.ts';

/** Bytes that stay free. */
export const RESERVE = 256 << 20;
const SQLITE_FULL = 13;

export function freeBytes(dir: string): number {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
}

export function diskFull(dir: string, detail: string, cause?: unknown): JdosError {
  return new JdosError('JDOS_ERR_APILOGS_DISK_FULL', { dir, detail }, { cause });
}

/** Node, SQLite and the engine say it in three ways. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as Error & { code?: unknown; errcode?: unknown };
  if (code === 'JDOS_ERR_APILOGS_DISK_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || errcode === SQLITE_FULL)
    return true;
  return /no space left|disk quota exceeded/i.test(error.message);
}
