/** A real engine with tables that a test fills by itself: no cluster, no threads. */
import { Engine, type EngineOptions, type Plain } from '../engine/index.ts';
import type { KubeObject } from '../kube/index.ts';
import { BatchBuilder } from './feed/batch-builder.ts';
import { KnownObjects } from './feed/known-objects.ts';
import { objectKey } from './feed/object-key.ts';
import { Part } from './feed/part.ts';
import { createStatusTable } from './feed/status-row.ts';
import { KubeSql, type Question, type TableSource } from './kube-sql.ts';
import { createTable, KINDS, type Layout, layOut, redact } from './tables/index.ts';

export class TestStore {
  readonly sql: KubeSql;
  readonly engine: Engine;
  readonly source: TableSource;
  readonly #layouts: ReadonlyMap<string, Layout>;

  static async start(options: EngineOptions = {}): Promise<TestStore> {
    const engine = await Engine.start({ memoryLimit: '500MB', ...options });
    const layouts = KINDS.map(layOut);
    await engine.write({ appends: [], statements: ["ATTACH ':memory:' AS store (COMPRESS)"] });
    const tables = layouts.flatMap((layout) => layout.tables);
    const statements = ['CREATE SCHEMA store.k8s', createStatusTable(), ...tables.map((table) => createTable(table))];
    await engine.write({ appends: [], statements });
    return new TestStore(engine, layouts);
  }

  private constructor(engine: Engine, layouts: readonly Layout[]) {
    this.engine = engine;
    this.#layouts = new Map(layouts.map((layout) => [layout.type.kind, layout]));
    this.source = {
      tables: layouts.flatMap((layout) => layout.tables),
      version: 1,
      discovered: true,
      statusesOf: () => [],
      until: async () => {},
      reset: () => {},
      stop: async () => {},
    };
    this.sql = new KubeSql(engine, this.source);
  }

  /** Objects of one kind; one with a `deletionTimestamp` of `gone` is taken away. */
  async put(kind: string, objects: readonly unknown[], cluster = 'test'): Promise<void> {
    await this.#write(kind, cluster, objects, (object) => redact(structuredClone(object)));
  }

  async remove(kind: string, objects: readonly unknown[], cluster = 'test'): Promise<void> {
    await this.#write(kind, cluster, objects, () => undefined);
  }

  async #write(
    kind: string,
    cluster: string,
    objects: readonly unknown[],
    make: (object: KubeObject) => KubeObject | undefined,
  ): Promise<void> {
    const part = new Part(this.#layouts.get(kind)!, cluster);
    const known = new KnownObjects(part.layout.tables.length - 1);
    for (const object of objects as readonly KubeObject[])
      part.change(objectKey(cluster, object.metadata), make(object), known);
    const builder = new BatchBuilder();
    builder.put(part, 'live');
    await this.engine.write(builder.build());
  }

  async rows(sql: string, options: Partial<Question> = {}): Promise<Plain[][]> {
    const answer = await this.sql.ask({ sql, user: 'tester', grants: 'everything', ...options });
    return (await Array.fromAsync(answer.rows())).flat() as Plain[][];
  }

  /** What refuses a question, or undefined. */
  async refusal(sql: string, options: Partial<Question> = {}): Promise<{ code: string; message: string } | undefined> {
    return this.rows(sql, options).then(
      () => undefined,
      (error: { code: string; message: string }) => error,
    );
  }

  stop(): Promise<void> {
    return this.sql.stop();
  }
}

/** A Pod of a test: what is not said is ordinary. */
export function testPod(name: string, { namespace = 'default', ...rest }: PodWish = {}): KubeObject {
  const { labels = {}, spec = {}, status = {}, annotations = {}, uid = `uid-${namespace}-${name}` } = rest;
  return {
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion: '1',
      creationTimestamp: '2026-01-02T03:04:05Z',
      labels,
      annotations,
    },
    spec: { containers: [{ name: 'main', image: 'nginx' }], nodeName: 'n1', ...spec },
    status: { phase: 'Running', ...status },
  } as KubeObject;
}

export interface PodWish {
  readonly namespace?: string;
  readonly uid?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
  readonly spec?: object;
  readonly status?: object;
}
