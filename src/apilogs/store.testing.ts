/** A store of its own for a test, and what is in it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine, type Plain } from '../engine/index.ts';
import { Importer, type ImporterOptions, type ImportResult } from './import/importer.ts';
import { parquet } from './schema/index.ts';
import { fileSource } from './source/source.ts';
import { Ledger, ledgerOf } from './store/index.ts';

export class TestLogs implements AsyncDisposable {
  readonly base = mkdtempSync(join(tmpdir(), 'jdos-apilogs-'));
  readonly dir = join(this.base, 'store');
  #engine: Engine | undefined;

  file(name: string, text: string | Uint8Array): string {
    const path = join(this.base, name);
    writeFileSync(path, text);
    return path;
  }

  async import(
    files: readonly string[],
    options: Partial<ImporterOptions> & { final?: boolean } = {},
  ): Promise<ImportResult> {
    await using importer = await Importer.open({ dir: this.dir, ...options });
    return await importer.import(await Promise.all(files.map((file) => fileSource(file))), options);
  }

  /** Of the table `events`. */
  async rows(sql: string): Promise<Plain[][]> {
    this.#engine ??= await Engine.start({ directories: [this.base], threads: 1 });
    const files = this.#ledger((ledger) => ledger.files().map(({ name }) => join(this.dir, name)));
    if (files.length === 0) return [];
    return this.#engine.rows({ sql: `WITH events AS (SELECT * FROM ${parquet(files)}) ${sql}`, user: 'test' });
  }

  /** The numbers of all requests, in order; twice where one is there twice. */
  async ids(): Promise<string[]> {
    return (await this.rows('SELECT audit_id FROM events ORDER BY 1')).map(([id]) => String(id));
  }

  rejects() {
    return this.#ledger((ledger) => ledger.rejects());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.stop();
    rmSync(this.base, { recursive: true, force: true });
  }

  #ledger<T>(read: (ledger: Ledger) => T): T {
    using ledger = new Ledger(ledgerOf(this.dir));
    return read(ledger);
  }
}
