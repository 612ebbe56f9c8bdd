/** The service's end of the thread that reads clusters: passes batches on to the engine, knows tables and their state. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Engine } from '../../engine/index.ts';
import type { LaidTable } from '../tables/index.ts';
import type { FeedInput, FromFeed, TableStatus, ToFeed } from './message.ts';

const PAUSE_MS = 1000;

export class Feed {
  readonly #engine: Engine;
  readonly #input: FeedInput;
  readonly #onTrouble: (message: string) => void;
  /** Of each table, by cluster and namespace. */
  readonly #statuses = new Map<string, Map<string, TableStatus>>();
  readonly #undiscovered: Set<string>;
  #worker: Worker;
  #stopping = false;
  #tables: readonly LaidTable[] = [];
  #version = 0;
  #watchers = new Set<() => void>();

  constructor(engine: Engine, input: FeedInput, onTrouble: (message: string) => void = () => {}) {
    this.#engine = engine;
    this.#onTrouble = onTrouble;
    this.#undiscovered = new Set(input.clusters.map(({ name }) => name));
    this.#input = input;
    this.#worker = this.#launch();
  }

  get tables(): readonly LaidTable[] {
    return this.#tables;
  }

  /** Rises when tables come or go. */
  get version(): number {
    return this.#version;
  }

  /** Whether every cluster has told what it serves. */
  get discovered(): boolean {
    return this.#undiscovered.size === 0;
  }

  /** Of a kind's own table, in every cluster. */
  statusesOf(table: string): TableStatus[] {
    return [...(this.#statuses.get(table)?.values() ?? [])];
  }

  /** Resolves when `holds` does, or at the latest when the signal aborts. */
  async until(holds: () => boolean, signal: AbortSignal): Promise<void> {
    while (!holds() && !signal.aborted) await this.#change(signal);
  }

  /** The engine has begun again, empty. */
  reset(): void {
    this.#statuses.clear();
    this.#tell({ kind: 'reset' });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const ended = once(this.#worker, 'exit');
    this.#tell({ kind: 'stop' });
    const timer = setTimeout(() => void this.#worker.terminate(), 5000);
    await ended;
    clearTimeout(timer);
  }

  /** A thread that dies is started again; tables keep their rows until it has read them anew. */
  #launch(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.#input });
    worker.on('message', (message: FromFeed) => void this.#take(message));
    worker.on('error', (error) => this.#onTrouble(`what reads the clusters died: ${String(error)}`));
    worker.once('exit', () => {
      if (this.#stopping) return;
      setTimeout(() => {
        if (!this.#stopping) this.#worker = this.#launch();
      }, PAUSE_MS).unref();
    });
    return worker;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#watchers.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async #take(message: FromFeed): Promise<void> {
    if (message.kind === 'batch') return this.#pass(message.number, message.payload);
    if (message.kind === 'tables') {
      this.#tables = message.tables;
      this.#version++;
    } else if (message.kind === 'discovered') this.#undiscovered.delete(message.cluster);
    else if (message.kind === 'trouble') this.#onTrouble(message.message);
    else for (const status of message.statuses) this.#note(status);
    for (const watcher of [...this.#watchers]) watcher();
  }

  #note(status: TableStatus): void {
    const { table, cluster, namespace, gone } = status;
    const of = this.#statuses.get(table) ?? new Map<string, TableStatus>();
    this.#statuses.set(table, of);
    if (gone) of.delete(`${cluster} ${namespace}`);
    else of.set(`${cluster} ${namespace}`, status);
  }

  async #pass(number: number, payload: Uint8Array): Promise<void> {
    try {
      await this.#engine.writeEncoded(payload);
      this.#tell({ kind: 'written', number });
    } catch (error) {
      this.#tell({ kind: 'written', number, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #tell(message: ToFeed): void {
    this.#worker.postMessage(message);
  }
}
