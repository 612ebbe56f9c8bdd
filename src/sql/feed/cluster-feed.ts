/** Follows one cluster: a feed for each kind that it serves; kinds come and go while it runs. */
import {
  type Clock,
  Informer,
  type KubeClient,
  type ResourceType,
  sleep,
  withoutManagedFields,
} from '../../kube/index.ts';
import { ListableNamespaces } from '../scope/index.ts';
import {
  createTable,
  deleteCluster,
  dropTable,
  generalKind,
  KINDS,
  type KindTable,
  type Layout,
  layOut,
} from '../tables/index.ts';
import type { Batcher } from './batcher.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, type CustomResourceDefinition, customKind } from './custom-kind.ts';
import { discover } from './discovery.ts';
import { KindFeeds } from './kind-feeds.ts';
import type { TableStatus } from './message.ts';
import type { Outlet } from './outlet.ts';
import { removeStatus, statusStatements } from './status-row.ts';

export interface ClusterFeedOptions {
  readonly client: KubeClient;
  readonly cluster: string;
  readonly outlet: Outlet;
  readonly batcher: Batcher;
  readonly clock: Clock;
  readonly only?: readonly string[] | undefined;
  /** A kind's tables are there, or are gone. */
  readonly onLayout: (layout: Layout, there: boolean) => void;
  /** Whether another cluster has the same kind, and so rows in the same tables. */
  readonly isShared: (layout: Layout) => boolean;
  readonly onStatus: (status: TableStatus) => void;
  readonly onError: (error: unknown) => void;
  readonly onDiscovered: () => void;
}

/** Renewed every second by every host, the same as others under another name, or about to go away upstream. */
const SILENT = new Set(['coordination.k8s.io/leases', 'events.k8s.io/events', '/endpoints', '/componentstatuses']);
const REDISCOVER_MS = 300_000;
const RETRY_MS = 5000;

interface Running {
  readonly feed: KindFeeds;
  readonly layout: Layout;
  readonly shape: string;
  readonly stop: AbortController;
}

export class ClusterFeed {
  readonly #o: ClusterFeedOptions;
  readonly #running = new Map<string, Running>();
  readonly #definitions: Informer<CustomResourceDefinition>;
  readonly #listable: ListableNamespaces;
  #built: readonly ResourceType[] = [];
  #signal: AbortSignal | undefined;
  #due = false;

  constructor(options: ClusterFeedOptions) {
    this.#o = options;
    const { client, clock } = options;
    this.#listable = new ListableNamespaces(client, clock);
    this.#definitions = new Informer(client, CUSTOM_RESOURCE_DEFINITIONS, {
      clock,
      transform: (crd) => withoutSchemas(withoutManagedFields(crd)),
    });
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    this.#definitions.start(signal);
    this.#definitions.onChange({
      add: () => this.#reconcileSoon(),
      update: () => this.#reconcileSoon(),
      delete: () => this.#reconcileSoon(),
    });
    while (!signal.aborted) {
      const wait = await this.#discover(signal);
      await sleep(this.#o.clock, wait, signal).catch(() => undefined);
    }
  }

  async #discover(signal: AbortSignal): Promise<number> {
    try {
      this.#built = await discover(this.#o.client, signal);
      this.#reconcile();
      this.#o.onDiscovered();
      return REDISCOVER_MS;
    } catch (error) {
      if (!signal.aborted) this.#o.onError(error);
      return RETRY_MS;
    }
  }

  /** Definitions come by the hundred. */
  #reconcileSoon(): void {
    if (this.#due) return;
    this.#due = true;
    setImmediate(() => {
      this.#due = false;
      this.#reconcile();
    });
  }

  /** Starts what is missing and stops what is no longer served. */
  #reconcile(): void {
    if (this.#built.length === 0 || this.#signal?.aborted) return;
    const wanted = this.#wanted();
    for (const [id, { shape }] of this.#running) {
      const kind = wanted.get(id);
      if (!kind || shapeOf(kind) !== shape) this.#stop(id, kind === undefined);
    }
    for (const [id, kind] of wanted) if (!this.#running.has(id)) this.#start(id, kind);
  }

  #wanted(): Map<string, KindTable> {
    const custom = new Map<string, KindTable | undefined>();
    for (const crd of this.#definitions.list())
      custom.set(`${crd.spec.group}/${crd.spec.names.plural}`, customKind(crd));
    const wanted = new Map<string, KindTable>();
    for (const type of this.#built) {
      const id = idOf(type);
      if (!custom.has(id) && this.#asked(type)) wanted.set(id, KNOWN.get(id) ?? generalKind(type));
    }
    for (const [id, kind] of custom) if (kind && this.#asked(kind.type)) wanted.set(id, kind);
    return wanted;
  }

  #asked({ plural }: ResourceType): boolean {
    return this.#o.only === undefined || this.#o.only.includes(plural);
  }

  #start(id: string, kind: KindTable): void {
    const layout = layOut(kind);
    const stop = new AbortController();
    const namespaces = () => this.#listable.of(layout.type);
    const feed = new KindFeeds({ ...this.#o, layout, namespaces });
    this.#running.set(id, { feed, layout, shape: shapeOf(kind), stop });
    const statements = layout.tables.map((table) =>
      createTable(table).replace('OR REPLACE TABLE', 'TABLE IF NOT EXISTS'),
    );
    const silent = SILENT.has(id);
    const status = silent ? { ...feed.status, state: 'disabled' as const } : feed.status;
    void this.#o.outlet
      .send({ appends: [], statements: [...statements, ...statusStatements(status)] })
      .catch(this.#o.onError);
    this.#o.onLayout(layout, true);
    this.#o.onStatus(status);
    if (!silent) void feed.run(AbortSignal.any([this.#signal!, stop.signal]));
  }

  #stop(id: string, gone: boolean): void {
    const { stop, layout } = this.#running.get(id)!;
    stop.abort(new Error('the kind is no longer served in this form'));
    this.#running.delete(id);
    const { cluster } = this.#o;
    const away = this.#o.isShared(layout) ? deleteCluster : dropTable;
    const drops = layout.tables.flatMap((table) => away(table, cluster));
    const status = removeStatus(cluster, layout.tables[0]!.name);
    void this.#o.outlet.send({ appends: [], statements: [...drops, status] }).catch(this.#o.onError);
    if (gone) this.#o.onLayout(layout, false);
  }
}

const KNOWN = new Map(KINDS.map((kind) => [idOf(kind.type), kind]));

function idOf({ group, plural }: ResourceType): string {
  return `${group}/${plural}`;
}

/** Two kinds of one shape have the same tables. */
function shapeOf(kind: KindTable): string {
  return JSON.stringify([kind.type.version, kind.type.kind, kind.columns.map(({ name, type }) => [name, type])]);
}

/** Schemas are most of a definition, and no table needs them. */
function withoutSchemas(crd: CustomResourceDefinition): CustomResourceDefinition {
  const versions = crd.spec.versions.map((version) => ({ ...version, schema: undefined }));
  return { ...crd, spec: { ...crd.spec, versions } };
}
