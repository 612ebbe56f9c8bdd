/** Keeps a store in order: small files become large ones, old hours go. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { merge } from '../schema/index.ts';
import { type AuditStore, type EventFile, placeOf } from '../store/index.ts';
import { type MergeRule, mergesOf } from './compaction.ts';
import { expired, type Keep } from './retention.ts';

export interface TidyRule extends MergeRule {
  readonly keep?: Keep;
}

export interface Tidied {
  /** Files that became fewer, and how many these are. */
  readonly merged: number;
  readonly into: number;
  /** What went because it was old or too much. */
  readonly removed: Removed;
}

export interface Removed {
  readonly files: number;
  readonly events: number;
  readonly bytes: number;
}

/** Runs a trusted statement; answers its rows as numbers. */
export type Run = (sql: string) => Promise<number[][]>;

export async function tidy(store: AuditStore, run: Run, rule: TidyRule, now: number): Promise<Tidied> {
  const old = rule.keep ? expired(store.ledger.files(), rule.keep, now) : [];
  if (old.length > 0) store.discard(old.map(({ name }) => name));
  const merges = mergesOf(store.ledger.files(), rule);
  for (const files of merges) await mergeFiles(store, run, files);
  return { merged: merges.flat().length, into: merges.length, removed: removedOf(old) };
}

export function removedOf(files: readonly EventFile[]): Removed {
  const total = (of: (file: EventFile) => number) => files.reduce((sum, file) => sum + of(file), 0);
  return { files: files.length, events: total(({ rows }) => rows), bytes: total(({ bytes }) => bytes) };
}

async function mergeFiles(store: AuditStore, run: Run, files: readonly EventFile[]): Promise<void> {
  store.checkSpace();
  const [minUs, maxUs] = [Math.min(...files.map((file) => file.minUs)), Math.max(...files.map((file) => file.maxUs))];
  const rows = removedOf(files).events;
  const { aside, name } = placeOf(randomUUID(), minUs);
  const path = join(store.aside, aside);
  const [[written] = []] = await run(
    merge(
      files.map((file) => join(store.dir, file.name)),
      path,
    ),
  );
  if (written !== rows) throw new Error(`${name}: ${rows} events became ${written}`);
  const replaces = files.map((file) => file.name);
  const nothing = { lines: 0, events: 0, duplicates: 0, rejected: 0, marks: [], rejects: [] };
  await store.commit([{ path, name, rows, minUs, maxUs }], { ...nothing, replaces });
}
