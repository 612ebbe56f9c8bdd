/** Tables that are not the cluster's: JDOS tells their rows by a function, which is asked when somebody asks for them. */
import type { Engine } from '../../engine/index.ts';
import { type Clock, resourceType } from '../../kube/index.ts';
import { BatchBuilder } from '../feed/batch-builder.ts';
import type { OwnTable } from '../scope/index.ts';
import { type Cell, type Column, createTable, type LaidTable, physical, quoted } from '../tables/index.ts';

export interface OwnSource<R = never> {
  /** @default 'jdos' */
  readonly schema?: 'jdos' | 'k8s';
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly Column<R>[];
  readonly read: () => Promise<readonly R[]>;
}

/** Lets the columns of a source be checked against its rows, whatever the others' are. */
export function ownSource<R>(source: OwnSource<R>): OwnSource {
  return source as unknown as OwnSource;
}

/** Rows are as fresh as this. */
const FRESH_MS = 2000;

export class OwnTables {
  readonly tables: readonly OwnTable[];
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #sources: ReadonlyMap<string, OwnSource>;
  readonly #filled = new Map<string, { readonly at: number; readonly done: Promise<void> }>();

  constructor(engine: Engine, sources: readonly OwnSource[], clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
    this.#sources = new Map(sources.map((source) => [`${source.schema ?? 'jdos'}.${source.name}`, source]));
    this.tables = sources.map((source) => ownTable(source));
  }

  /** The engine has forgotten everything. */
  reset(): void {
    this.#filled.clear();
  }

  /** Before views can be made of them they must be there. */
  async create(): Promise<void> {
    const tables = [...this.#sources.values()].map((source) =>
      createTable(laid(source)).replace('OR REPLACE TABLE', 'TABLE IF NOT EXISTS'),
    );
    if (tables.length === 0) return;
    await this.#engine.write({ appends: [], statements: ['CREATE SCHEMA IF NOT EXISTS store.k8s', ...tables] });
  }

  /** Rows of what is asked for, no older than some seconds; other tables are passed over. */
  async refresh(tables: readonly { readonly schema: string; readonly name: string }[]): Promise<void> {
    await Promise.all(tables.map(({ schema, name }) => this.#refresh(`${schema}.${name}`)));
  }

  #refresh(name: string): Promise<void> {
    const source = this.#sources.get(name);
    if (!source) return Promise.resolve();
    const filled = this.#filled.get(name);
    const now = this.#clock.now();
    if (filled && now - filled.at < FRESH_MS) return filled.done;
    const done = this.#fill(source);
    this.#filled.set(name, { at: now, done });
    done.catch(() => this.#filled.delete(name));
    return done;
  }

  async #fill(source: OwnSource): Promise<void> {
    const table = laid(source);
    const rows = await source.read();
    const cells: Cell[][] = [
      rows.map((_, i) => BigInt(i)),
      ...source.columns.map((column) => rows.map((row) => column.from(row))),
    ];
    const builder = new BatchBuilder();
    builder.finally(`DELETE FROM ${physical(table)}`);
    builder.insert(table, 'live', { columns: cells });
    await this.#engine.write(builder.build());
  }
}

const TYPE = resourceType('jdos.jd.com/v1', 'OwnTable', 'owntables', false);

function laid({ name, doc, columns }: OwnSource): LaidTable {
  return { name: `jdos__${name}`, shortName: name, doc, columns, type: TYPE };
}

function ownTable(source: OwnSource): OwnTable {
  const { name, doc, columns } = source;
  const list = columns.map((column) => quoted(column.name)).join(', ');
  const facts = columns.map(({ from: _, ...facts }) => facts);
  return {
    schema: source.schema ?? 'jdos',
    name,
    doc,
    columns: facts,
    definition: `SELECT ${list} FROM ${physical(laid(source))}`,
  };
}
