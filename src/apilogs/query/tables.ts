/** What a question in SQL may name: the events, and what was rejected. */
import type { Append } from '../../engine/index.ts';
import type { Readable } from '../../gate/index.ts';
import type { Rejected } from '../store/index.ts';

export const SCHEMA = 'audit';
const NAMES = ['events', 'rejects'];

/** Of rejected lines nobody knows what they are about: only who may see everything sees them. */
export function readable(full: boolean): Readable<string> {
  const names = full ? NAMES : NAMES.slice(0, 1);
  const find = (schema: string, name: string) =>
    (schema || SCHEMA) === SCHEMA && names.includes(name) ? name : undefined;
  return { full, origin: 'They hold what was imported.', names: () => names, find };
}

/** Trusted statements. `events` is a SELECT in brackets. */
export function definitions(events: string): string[] {
  return [
    `CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`,
    `CREATE OR REPLACE VIEW ${SCHEMA}.events AS SELECT * FROM ${events}`,
    `CREATE OR REPLACE TABLE ${SCHEMA}.rejects (file VARCHAR, line BIGINT, "offset" BIGINT, reason VARCHAR, text VARCHAR)`,
  ];
}

export function rejectRows(all: readonly Rejected[]): Append {
  const columns = [
    all.map(({ file }) => file),
    all.map(({ line }) => line),
    all.map(({ offset }) => offset),
    all.map(({ reason }) => reason),
    all.map(({ text }) => text),
  ];
  return { catalog: 'memory', schema: SCHEMA, table: 'rejects', columns };
}
