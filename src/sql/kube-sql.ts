/** KubeSQL: the tables, the engine that holds them, and the one way in which a question is answered. */
import { join } from 'node:path';
import {
  Engine,
  EngineError,
  type Plain,
  type Query,
  type ReadLimits,
  type ResultColumn,
  type ResultStream,
  type Rows,
} from '../engine/index.ts';
import { type Admitted, admit } from '../gate/index.ts';
import { type ResourceType, systemClock } from '../kube/index.ts';
import { translate } from './dialect/index.ts';
import { ParquetExport } from './export/parquet-export.ts';
import { Feed } from './feed/feed.ts';
import type { ClusterAccess, TableStatus } from './feed/message.ts';
import { STATUS_COLUMNS } from './feed/status-row.ts';
import { freshness, type Notice } from './notice.ts';
import { type OwnSource, OwnTables } from './own/own-tables.ts';
import { QueryLog } from './own/query-log.ts';
import { scopeSource } from './own/scope-source.ts';
import { type OwnTable, Scope, type ScopeInput, ScopeViews, STATUS_VIEW, type VisibleTable } from './scope/index.ts';
import { KEY, literal, physical } from './tables/index.ts';

export interface KubeSqlOptions {
  readonly clusters: readonly ClusterAccess[];
  /** Only kinds of these plurals; else all. */
  readonly only?: readonly string[];
  /** Of the engine, as DuckDB writes it. @default '2GB' */
  readonly memoryLimit?: string;
  /** @default 2 */
  readonly threads?: number;
  /** How long a query waits for tables that are still being filled. @default 20_000 */
  readonly patienceMs?: number;
  /** All tables as Parquet, so often. @default none */
  readonly snapshots?: Snapshots;
  /** Tables of schema `jdos`. */
  readonly own?: readonly OwnSource[];
  readonly onTrouble?: (message: string) => void;
}

export interface Snapshots {
  readonly directory: string;
  readonly everyMs: number;
}

/** Where the tables come from, and how fresh they are. */
export type TableSource = Pick<Feed, 'tables' | 'version' | 'discovered' | 'statusesOf' | 'until' | 'reset' | 'stop'>;

export interface Question {
  readonly sql: string;
  /** Who asks. */
  readonly user: string;
  /** What they may see. */
  readonly grants: ScopeInput['grants'];
  readonly parameters?: readonly Plain[];
  readonly limits?: Partial<ReadLimits>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly kind: Admitted<VisibleTable>['kind'];
  readonly columns: readonly ResultColumn[];
  readonly notices: readonly Notice[];
  /** Who stops reading stops the query. */
  readonly rows: () => AsyncGenerator<Rows>;
}

/** A statement that has passed the gate. */
export interface Prepared {
  readonly admitted: Admitted<VisibleTable>;
  readonly scope: Scope;
  readonly parameters: readonly string[];
  readonly columns: readonly ResultColumn[];
}

const PATIENCE_MS = 20_000;

export class KubeSql {
  readonly #engine: Engine;
  readonly #feed: TableSource;
  readonly #views: ScopeViews;
  readonly #patienceMs: number;
  readonly #own: OwnTables;
  readonly #log = new QueryLog(systemClock);
  readonly #ending = new AbortController();
  #made: Promise<void> | undefined;
  #everything: { readonly version: number; readonly scope: Scope } | undefined;

  static async start(options: KubeSqlOptions): Promise<KubeSql> {
    const { memoryLimit = '2GB', threads = 2, snapshots, patienceMs, onTrouble = () => {} } = options;
    let service: KubeSql | undefined;
    const onRestart = (why: string) => {
      onTrouble(`the query engine was started again: ${why}`);
      service?.reset();
    };
    const directories = snapshots ? [snapshots.directory] : [];
    const engine = await Engine.start({ memoryLimit, threads, directories, onRestart });
    const { clusters, only } = options;
    const feed = new Feed(engine, { clusters, ...(only && { only }) }, onTrouble);
    service = new KubeSql(engine, feed, {
      ...(patienceMs !== undefined && { patienceMs }),
      ...(options.own && { own: options.own }),
    });
    if (snapshots) service.#writeSnapshots(snapshots, onTrouble);
    return service;
  }

  /** Over tables that somebody else fills. */
  constructor(engine: Engine, feed: TableSource, o: Pick<KubeSqlOptions, 'patienceMs' | 'own'> = {}) {
    this.#engine = engine;
    this.#feed = feed;
    this.#views = new ScopeViews(engine, systemClock);
    this.#patienceMs = o.patienceMs ?? PATIENCE_MS;
    const system = [this.#log.source(), scopeSource(() => this.#views.uses)];
    this.#own = new OwnTables(engine, [...system, ...(o.own ?? [])], systemClock);
  }

  /** @throws EngineError */
  async ask(question: Question): Promise<Answer> {
    const record = this.#log.begin(question.user, question.sql);
    question.signal?.addEventListener('abort', () => record.giveUp(), { once: true });
    try {
      const answer = await this.#translated(question, (translated) => this.#ask(translated));
      if (answer.kind === 'empty') record.done();
      return { ...answer, rows: () => record.through(answer.rows()) };
    } catch (error) {
      record.fail(error);
      throw error;
    }
  }

  /** What a statement wants and gives, without running it. */
  async prepare(question: Question): Promise<Prepared> {
    return this.#translated(question, (translated) => this.#prepare(translated));
  }

  /** The engine points into the translation; who asks has the original. */
  async #translated<T>(question: Question, work: (question: Question) => Promise<T>): Promise<T> {
    const { sql, original } = translate(question.sql);
    return work({ ...question, sql }).catch((error: unknown) => {
      throw placed(error, original);
    });
  }

  async #ask(question: Question): Promise<Answer> {
    const { user, parameters = [], limits, signal } = question;
    const { admitted, scope } = await this.#admit(question);
    if (admitted.kind === 'empty') return { kind: 'empty', columns: [], notices: [], rows: noRows };
    const notices = await this.#settled(admitted.tables, signal);
    await this.#ready(scope, user);
    await this.#own.refresh(admitted.tables);
    const result = await this.#query(scope, {
      sql: admitted.sql,
      path: scope.path,
      user,
      parameters,
      ...(limits && { limits }),
      ...(signal && { signal }),
    });
    const columns = renamed(result.columns, admitted);
    const rows = scope.full ? () => result.rows() : () => discreet(result.rows());
    return { kind: admitted.kind, columns, notices, rows };
  }

  async #query(scope: Scope, query: Query): Promise<ResultStream> {
    return this.#engine.query(query).catch((error: unknown) => {
      throw scope.full ? error : withoutValues(error);
    });
  }

  async #prepare(question: Question): Promise<Prepared> {
    const { admitted, scope } = await this.#admit(question);
    if (admitted.kind === 'empty') return { admitted, scope, parameters: [], columns: [] };
    await this.#ready(scope, question.user);
    const { parameters, columns } = await this.#engine.describe({ sql: admitted.sql, path: scope.path });
    return { admitted, scope, parameters, columns: renamed(columns, admitted) };
  }

  /** The tables that somebody may see. */
  async visible(grants: ScopeInput['grants']): Promise<readonly VisibleTable[]> {
    await this.#discovered();
    return this.#scopeOf(grants).tables;
  }

  /** The kinds that there are tables of. */
  kinds(): ResourceType[] {
    return [...new Map(this.#feed.tables.map(({ type }) => [`${type.group}/${type.plural}`, type])).values()];
  }

  statuses(): TableStatus[] {
    return this.#feed.tables.flatMap(({ name }) => this.#feed.statusesOf(name));
  }

  /** How well a table follows its clusters; nothing for one that is no kind's. */
  statusesOf({ source }: VisibleTable): TableStatus[] {
    return source === undefined ? [] : this.#statusesOfKind(source);
  }

  /** All tables as Parquet files, at one moment, as soon as all that can be read is there. */
  async writeParquet(directory: string): Promise<void> {
    await this.#settledAll(this.#ending.signal);
    const statements = this.#feed.tables.map(({ name }) => {
      const into = literal(join(directory, `${name}.parquet`));
      return `COPY (SELECT * EXCLUDE (${KEY}) FROM ${physical({ name })}) TO ${into} (FORMAT parquet, COMPRESSION zstd)`;
    });
    if (statements.length > 0) await this.#engine.write({ prepare: ['SELECT 1'], appends: [], statements });
  }

  /** Called when the engine is there again, empty. */
  reset(): void {
    this.#views.reset();
    this.#own.reset();
    this.#made = undefined;
    this.#feed.reset();
  }

  /** The engine's process, for measuring and for tests that end it. */
  get enginePid(): number | undefined {
    return this.#engine.pid;
  }

  async stop(): Promise<void> {
    this.#ending.abort(new Error('stopped'));
    await this.#feed.stop();
    await this.#engine.stop();
  }

  #writeSnapshots(snapshots: Snapshots, onTrouble: (message: string) => void): void {
    const onError = (error: unknown) => onTrouble(`a snapshot could not be written: ${String(error)}`);
    const options = { ...snapshots, clock: systemClock, onError };
    void new ParquetExport((into) => this.writeParquet(into), options).run(this.#ending.signal);
  }

  async #admit({ sql, grants, signal }: Question): Promise<{ admitted: Admitted<VisibleTable>; scope: Scope }> {
    await this.#discovered(signal);
    const scope = this.#scopeOf(grants);
    const admitted = await admit(sql, scope, (text) => this.#engine.parse(text));
    return { admitted, scope };
  }

  /** Own tables come before the views of them. */
  async #ready(scope: Scope, user: string): Promise<void> {
    this.#made ??= this.#own.create();
    await this.#made.catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    await this.#views.ready(scope, user);
  }

  #scopeOf(grants: ScopeInput['grants']): Scope {
    const { tables, version } = this.#feed;
    if (grants !== 'everything') return new Scope({ tables, own: [...OWN, ...this.#own.tables], grants });
    if (this.#everything?.version !== version) {
      this.#everything = { version, scope: new Scope({ tables, own: [...OWN, ...this.#own.tables], grants }) };
    }
    return this.#everything.scope;
  }

  async #discovered(signal?: AbortSignal): Promise<void> {
    if (!this.#feed.discovered) await this.#feed.until(() => this.#feed.discovered, this.#patience(signal));
  }

  /** Waits a while for tables that are being filled for the first time; says what is not as fresh as it should be. */
  async #settled(tables: readonly VisibleTable[], signal?: AbortSignal): Promise<Notice[]> {
    const sources = [...new Set(tables.map(({ source }) => source).filter((source) => source !== undefined))];
    const statuses = () => sources.flatMap((source) => this.#statusesOfKind(source));
    const filled = () => statuses().every(({ state }) => state !== 'syncing');
    if (!filled()) await this.#feed.until(filled, this.#patience(signal));
    signal?.throwIfAborted();
    return freshness(statuses(), Date.now());
  }

  /** Waits for everything to be there for the first time, but for what cannot be read. */
  async #settledAll(signal: AbortSignal): Promise<void> {
    await this.#feed.until(() => this.#feed.discovered, signal);
    await this.#feed.until(
      () => this.statuses().every(({ state, error }) => state !== 'syncing' || error !== ''),
      signal,
    );
    signal.throwIfAborted();
  }

  /** A table of parts is as fresh as the kind's own. */
  #statusesOfKind(source: string): TableStatus[] {
    const type = this.#feed.tables.find(({ name }) => name === source)?.type;
    const own = this.#feed.tables.find(
      (table) => table.type.plural === type?.plural && table.type.group === type?.group,
    );
    return own ? this.#feed.statusesOf(own.name) : [];
  }

  #patience(signal?: AbortSignal): AbortSignal {
    const patience = AbortSignal.timeout(this.#patienceMs);
    return signal ? AbortSignal.any([signal, patience]) : patience;
  }
}

const OWN: readonly OwnTable[] = [
  {
    ...STATUS_VIEW,
    columns: [...STATUS_COLUMNS, { name: 'silent_seconds', type: 'DOUBLE', doc: 'time since that', unit: 'seconds' }],
  },
];

async function* noRows(): AsyncGenerator<Rows> {}

/** Where the engine names a column by the text of its expression, the name that PostgreSQL would give. */
function renamed(
  columns: readonly ResultColumn[],
  { names }: Pick<Admitted<VisibleTable>, 'names'>,
): readonly ResultColumn[] {
  if (names.length > columns.length) return columns;
  return columns.map((column, i) => ({ ...column, name: names[i] ?? column.name }));
}

function placed(error: unknown, original: (position: number) => number): unknown {
  if (!(error instanceof EngineError) || error.position === undefined) return error;
  const { code, message, hint, position } = error;
  return new EngineError(code, message, { position: original(position), ...(hint && { hint }) });
}

async function* discreet(rows: AsyncGenerator<Rows>): AsyncGenerator<Rows> {
  try {
    yield* rows;
  } catch (error) {
    throw withoutValues(error);
  }
}

/** Errors about values quote them, and a value may be of a row that its reader may not see. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof EngineError) || !/^22/.test(error.code)) return error;
  return new EngineError(error.code, 'a value is not what the query takes it for', {
    hint: 'Which one is not told to who sees only a part of the rows; TRY_CAST makes NULL of what cannot be converted.',
  });
}
