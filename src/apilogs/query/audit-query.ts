/** Asks a store: the reports, over the files that hold the time asked for. Others may write to it meanwhile. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Engine, EngineError, type Plain, type ResultColumn } from '../../engine/index.ts';
import { JdosError } from '../../errors/index.ts';
import { admit } from '../../gate/index.ts';
import { duckdb, type Parameters, render, type Step } from '../dialect/index.ts';
import type { Report } from '../reports/index.ts';
import { EVENT_COLUMNS, literal, parquet } from '../schema/index.ts';
import { type EventFile, Ledger, ledgerOf } from '../store/index.ts';
import { definitions, readable, rejectRows, SCHEMA } from './tables.ts';

export interface AuditQueryOptions {
  /** Of the engine. @default '2GB' */
  readonly memoryLimit?: string;
  /** Only what happened to objects in these; nothing of the cluster as a whole, and nothing of groups. */
  readonly namespaces?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface Table {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Plain[])[];
}

/** What it is all about: how many files and events, and from when to when. */
export interface Extent {
  readonly files: number;
  readonly events: number;
  readonly bytes: number;
  readonly fromUs: number;
  readonly toUs: number;
}

const PATIENCE = { timeoutMs: 600_000 };
const DAY_US = 86_400_000_000;

export class AuditQuery implements AsyncDisposable {
  readonly #dir: string;
  readonly #ledger: Ledger;
  readonly #engine: Engine;
  readonly #o: AuditQueryOptions;

  /** @throws JdosError JDOS_ERR_APILOGS_EMPTY where nothing was imported */
  static async open(dir: string, options: AuditQueryOptions = {}): Promise<AuditQuery> {
    if (!existsSync(ledgerOf(dir))) throw new JdosError('JDOS_ERR_APILOGS_EMPTY', { dir });
    const ledger = new Ledger(ledgerOf(dir), { readOnly: true });
    const engine = await Engine.start({
      memoryLimit: options.memoryLimit ?? '2GB',
      directories: [dir],
      holdsMemory: true,
    });
    return new AuditQuery(dir, ledger, engine, options);
  }

  private constructor(dir: string, ledger: Ledger, engine: Engine, options: AuditQueryOptions) {
    this.#dir = dir;
    this.#ledger = ledger;
    this.#engine = engine;
    this.#o = options;
  }

  extent(parameters: Parameters = {}): Extent {
    return extentOf(this.#files(parameters));
  }

  async report(report: Report, parameters: Parameters = {}): Promise<Table> {
    const { fromUs, toUs } = this.extent(parameters);
    const step = parameters.step ?? stepOf((parameters.toUs ?? toUs) - (parameters.fromUs ?? fromUs));
    return this.run(report.sql, { ...parameters, step });
  }

  /** A trusted statement in the language of the reports. */
  async run(sql: string, parameters: Parameters = {}): Promise<Table> {
    return this.#again(() => this.#ask(render(sql, duckdb, this.source(parameters), parameters)));
  }

  /** Anybody's question, if it only asks. @throws EngineError with what is wrong */
  async ask(sql: string, parameters: Parameters = {}): Promise<Table> {
    const scope = readable(this.#o.namespaces === undefined);
    const { kind, sql: admitted, names } = await admit(sql, scope, (text) => this.#engine.parse(text));
    if (kind === 'empty') return { columns: [], rows: [] };
    const { columns, rows } = await this.#again(async () => {
      await this.#engine.write({ appends: [], statements: definitions(this.source(parameters)) });
      if (scope.full) await this.#engine.write({ appends: [rejectRows(this.#ledger.rejects())], statements: [] });
      return this.#ask(admitted, `memory.${SCHEMA}`);
    });
    return { columns: columns.map((column, i) => ({ ...column, name: names[i] ?? column.name })), rows };
  }

  /** What stands for the table in a trusted statement. */
  source(parameters: Parameters = {}): string {
    const { namespaces } = this.#o;
    const files = this.#files(parameters).map(({ name }) => join(this.#dir, name));
    const all = files.length > 0 ? `SELECT * FROM ${parquet(files)}` : `SELECT ${NOTHING} WHERE false`;
    if (!namespaces) return `(${all})`;
    const hidden = ['user_groups', 'annotations'].map((name) => `NULL AS ${name}`).join(', ');
    return `(SELECT * REPLACE (${hidden}) FROM (${all}) WHERE namespace IN (${namespaces.map(literal).join(', ')}))`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.stop();
    this.#ledger[Symbol.dispose]();
  }

  #files({ fromUs, toUs }: Parameters): readonly EventFile[] {
    return this.#ledger.files(fromUs, toUs);
  }

  /** A file may have been merged with others, or be too old, since it was looked up. */
  async #again<T>(work: () => Promise<T>, left = 3): Promise<T> {
    return work().catch((error: unknown) => {
      if (left > 0 && isGone(error)) return this.#again(work, left - 1);
      throw error;
    });
  }

  async #ask(sql: string, path?: string): Promise<Table> {
    const { signal } = this.#o;
    const text = { sql, ...(path && { path }) };
    const result = await this.#engine.query({ ...text, user: 'reports', limits: PATIENCE, ...(signal && { signal }) });
    return { columns: result.columns, rows: (await Array.fromAsync(result.rows())).flat() };
  }
}

/** Without asking an engine; undefined where nothing was taken in. */
export function extentIn(dir: string, { fromUs, toUs }: Parameters = {}): Extent | undefined {
  if (!existsSync(ledgerOf(dir))) return undefined;
  using ledger = new Ledger(ledgerOf(dir), { readOnly: true });
  return extentOf(ledger.files(fromUs, toUs));
}

const NOTHING = [...EVENT_COLUMNS, ...['cluster', 'apiserver', 'file'].map((name) => ({ name, type: 'VARCHAR' }))]
  .map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name}"`)
  .join(', ');

function extentOf(files: readonly EventFile[]): Extent {
  const total = (of: (file: EventFile) => number) => files.reduce((sum, file) => sum + of(file), 0);
  return {
    files: files.length,
    events: total(({ rows }) => rows),
    bytes: total(({ bytes }) => bytes),
    fromUs: files.reduce((least, { minUs }) => Math.min(least, minUs), files[0]?.minUs ?? 0),
    toUs: files.reduce((most, { maxUs }) => Math.max(most, maxUs), 0),
  };
}

/** Some hundred steps at the most. */
export function stepOf(spanUs: number): Step {
  if (spanUs <= DAY_US / 6) return 'minute';
  return spanUs <= 10 * DAY_US ? 'hour' : 'day';
}

function isGone(error: unknown): boolean {
  return error instanceof EngineError && /No such file|Cannot open file|No files found/i.test(error.message);
}
