/** What is asked and what was asked lately, as table `queries`: who asks what, for how long, and how it ended. */
import type { Rows } from '../../engine/index.ts';
import type { Clock } from '../../kube/index.ts';
import { count, text, time } from '../tables/index.ts';
import { type OwnSource, ownSource } from './own-tables.ts';

interface Entry {
  readonly id: number;
  readonly user: string;
  readonly sql: string;
  readonly startedAt: number;
  endedAt?: number;
  rows: number;
  state: 'running' | 'done' | 'given up' | 'failed';
  error?: string;
}

/** What has ended is remembered so long. */
const REMEMBERED = 500;
const LONGEST_TEXT = 2000;

export class QueryLog {
  readonly #clock: Clock;
  readonly #running = new Set<Entry>();
  #ended: Entry[] = [];
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(user: string, sql: string): QueryRecord {
    const shown = sql.slice(0, LONGEST_TEXT);
    const startedAt = this.#clock.now();
    const entry: Entry = { id: this.#next++, user, sql: shown, startedAt, rows: 0, state: 'running' };
    this.#running.add(entry);
    return new QueryRecord(entry, () => this.#end(entry));
  }

  #end(entry: Entry): void {
    if (!this.#running.delete(entry)) return;
    entry.endedAt = this.#clock.now();
    this.#ended = [...this.#ended.slice(1 - REMEMBERED), entry];
  }

  source(): OwnSource {
    const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
    return ownSource<Entry>({
      schema: 'k8s',
      name: 'queries',
      doc: `Questions that run, and the last ${REMEMBERED} that have ended`,
      read: async () => [...this.#ended, ...this.#running],
      columns: [
        count('id', 'its number', (entry) => entry.id),
        text('user_name', 'who asks', (entry) => entry.user),
        text('query', `the question, up to ${LONGEST_TEXT} characters`, (entry) => entry.sql),
        text('state', '`running`, `done`, `given up` (its asker stopped reading) or `failed`', (entry) => entry.state),
        count('rows', 'rows that were answered so far', (entry) => entry.rows),
        time('started_at', 'when it was asked', (entry) => iso(entry.startedAt)),
        time('ended_at', 'when it ended', (entry) => iso(entry.endedAt)),
        text('error', 'why it failed: the code, and the sentence', (entry) => entry.error),
      ],
    });
  }
}

/** One question, until it has ended; it ends once. */
export class QueryRecord {
  readonly #entry: Entry;
  readonly #end: () => void;

  constructor(entry: Entry, end: () => void) {
    this.#entry = entry;
    this.#end = end;
  }

  /** Rows as they pass; how their reading ends is how the question ends. */
  async *through(rows: AsyncGenerator<Rows>): AsyncGenerator<Rows> {
    try {
      for await (const part of rows) {
        this.#entry.rows += part.length;
        yield part;
      }
      this.done();
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      this.giveUp();
    }
  }

  done(): void {
    this.#finish('done');
  }

  giveUp(): void {
    this.#finish('given up');
  }

  fail(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? `${String(error.code)} ` : '';
    this.#finish('failed', code + (error instanceof Error ? error.message : String(error)));
  }

  #finish(state: Entry['state'], error?: string): void {
    if (this.#entry.state !== 'running') return;
    this.#entry.state = state;
    if (error) this.#entry.error = error;
    this.#end();
  }
}
