/** The thread of the catalogue: a PostgreSQL without data, compiled to WebAssembly, that answers what clients ask of one. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

export interface CatalogueRequest {
  readonly number: number;
  /** Tables to know, if they are others than before. */
  readonly definitions?: string;
  /** Messages of PostgreSQL's protocol, to be answered as one. */
  readonly messages: Uint8Array;
}

export interface CatalogueReply {
  readonly number: number;
  readonly answer?: Uint8Array;
  readonly error?: string;
}

const port = parentPort!;
const { cache } = workerData as { cache?: string };
const database = await open();
let last: Promise<unknown> = Promise.resolve();
port.on('message', (request: CatalogueRequest) => {
  last = last.then(() => answer(request));
});
port.postMessage({ number: 0 } satisfies CatalogueReply);

async function answer({ number, definitions, messages }: CatalogueRequest): Promise<void> {
  try {
    if (definitions) await database.exec(definitions);
    await database.exec('BEGIN READ ONLY');
    const reply = await database.execProtocolRaw(messages);
    await database.exec('ROLLBACK');
    port.postMessage({ number, answer: reply } satisfies CatalogueReply);
  } catch (error) {
    await database.exec('ROLLBACK').catch(() => undefined);
    port.postMessage({ number, error: String(error) } satisfies CatalogueReply);
  }
}

/** Clients compare the database's name with that to which they have connected. */
async function open(): Promise<PGlite> {
  const database = await load();
  await database.exec(`SET allow_system_table_mods = on; UPDATE pg_database SET datname = 'jdos' WHERE datname = 'postgres';
    RESET allow_system_table_mods`);
  return database;
}

/** The first start of all takes seconds; what it makes is kept. */
async function load(): Promise<PGlite> {
  if (cache && existsSync(cache)) {
    return PGlite.create({ loadDataDir: new Blob([readFileSync(cache)]) }).catch(create);
  }
  return create();
}

async function create(): Promise<PGlite> {
  const fresh = await PGlite.create();
  if (cache) {
    const dump = await fresh.dumpDataDir('gzip');
    writeFileSync(`${cache}.new`, Buffer.from(await dump.arrayBuffer()), { mode: 0o600 });
    renameSync(`${cache}.new`, cache);
  }
  return fresh;
}
