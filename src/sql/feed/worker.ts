/** The thread that reads clusters and turns objects into rows, so that nobody who asks waits for that. */
import { serialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type Batch, EngineError } from '../../engine/index.ts';
import { KubeClient, loadKubeconfig, systemClock } from '../../kube/index.ts';
import type { LaidTable } from '../tables/index.ts';
import { Batcher } from './batcher.ts';
import { ClusterFeed } from './cluster-feed.ts';
import type { ClusterAccess, FeedInput, FromFeed, ToFeed } from './message.ts';
import { Outlet } from './outlet.ts';
import { createStatusTable } from './status-row.ts';

const port = parentPort!;
const input = workerData as FeedInput;
const waiting = new Map<number, (error?: string) => void>();
let next = 0;
let run = start();

port.on('message', (message: ToFeed) => {
  if (message.kind === 'written') waiting.get(message.number)?.(message.error);
  else if (message.kind === 'reset') void run.then((stop) => stop()).then(() => (run = start()));
  else void run.then((stop) => stop()).then(() => process.exit());
});

function tell(message: FromFeed, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

async function start(): Promise<() => Promise<void>> {
  const abort = new AbortController();
  const outlet = new Outlet(write);
  const trouble = (error: unknown) => tell({ kind: 'trouble', message: String(error) });
  await outlet.send({
    appends: [],
    statements: [
      "ATTACH IF NOT EXISTS ':memory:' AS store (COMPRESS)",
      'CREATE SCHEMA IF NOT EXISTS store.k8s',
      createStatusTable(),
    ],
  });
  const batcher = new Batcher(outlet, systemClock, { onError: trouble });
  const tables = new Map<string, LaidTable>();
  const owners = new Map<string, Set<string>>();
  const clients = await Promise.all(
    input.clusters.map((access) => follow(access, { outlet, batcher, tables, owners, trouble })),
  );
  return async () => {
    abort.abort(new Error('stopped'));
    for (const close of clients) await close();
  };

  async function follow(access: ClusterAccess, shared: Shared): Promise<() => Promise<void>> {
    const { kubeconfig, context, name } = access;
    const target = await loadKubeconfig({ ...(kubeconfig && { path: kubeconfig }), ...(context && { context }) });
    const client = new KubeClient(target, { userAgent: 'jdos-sql' });
    const feed = new ClusterFeed({
      client,
      cluster: name,
      outlet: shared.outlet,
      batcher: shared.batcher,
      clock: systemClock,
      ...(input.only && { only: input.only }),
      isShared: (layout) => layout.tables.some((table) => (shared.owners.get(table.name)?.size ?? 0) > 1),
      onLayout(layout, there) {
        for (const table of layout.tables) own(shared, table, name, there);
        tellTablesSoon(shared.tables);
      },
      onStatus: (status) => tell({ kind: 'status', statuses: [status] }),
      onError: shared.trouble,
      onDiscovered() {
        tellTables(shared.tables);
        tell({ kind: 'discovered', cluster: name });
      },
    });
    void feed.run(abort.signal);
    return () => client.close();
  }
}

let tablesDue = false;

/** They come by the hundred. */
function tellTablesSoon(tables: ReadonlyMap<string, LaidTable>): void {
  if (tablesDue) return;
  tablesDue = true;
  setImmediate(() => {
    if (tablesDue) tellTables(tables);
  });
}

function tellTables(tables: ReadonlyMap<string, LaidTable>): void {
  tablesDue = false;
  tell({ kind: 'tables', tables: [...tables.values()] });
}

interface Shared {
  readonly outlet: Outlet;
  readonly batcher: Batcher;
  readonly tables: Map<string, LaidTable>;
  /** Which clusters have rows in a table. */
  readonly owners: Map<string, Set<string>>;
  readonly trouble: (error: unknown) => void;
}

/** A table is there as long as some cluster has its kind. */
function own({ tables, owners }: Shared, table: LaidTable, cluster: string, there: boolean): void {
  const all = owners.get(table.name) ?? new Set();
  owners.set(table.name, all);
  if (there) {
    all.add(cluster);
    tables.set(table.name, table);
  } else if (all.delete(cluster) && all.size === 0) tables.delete(table.name);
}

function write(batch: Batch): Promise<void> {
  const number = next++;
  const bytes = serialize({ kind: 'batch', batch });
  const payload = bytes.buffer.byteLength === bytes.byteLength ? bytes : Uint8Array.from(bytes);
  return new Promise((resolve, reject) => {
    waiting.set(number, (error) => {
      waiting.delete(number);
      if (error === undefined) resolve();
      else reject(new EngineError('XX000', error));
    });
    tell({ kind: 'batch', number, payload }, [payload.buffer as ArrayBuffer]);
  });
}
