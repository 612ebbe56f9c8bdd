/**
 * Keeps the tables of one kind of one cluster: a new list is written beside the tables and then takes their place at
 * once, so that rows never drop to none; changes are rows replaced.
 */
import {
  type Clock,
  isStatus,
  type KubeClient,
  type KubeObject,
  type ListOptions,
  type ObjectList,
  Reflector,
  type ReflectorSink,
  type ReflectorSource,
  type WatchEvent,
  type WatchOptions,
} from '../../kube/index.ts';
import {
  createTable,
  type Edition,
  emptyRows,
  exchange,
  type Layout,
  nextOf,
  type Rows,
  redact,
} from '../tables/index.ts';
import { addSafely, BatchBuilder } from './batch-builder.ts';
import type { Batcher, Pending } from './batcher.ts';
import type { TableState, TableStatus } from './message.ts';
import { objectKey } from './object-key.ts';
import type { Outlet } from './outlet.ts';
import { statusStatements } from './status-row.ts';

export interface KindFeedOptions {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly cluster: string;
  readonly layout: Layout;
  readonly outlet: Outlet;
  readonly batcher: Batcher;
  readonly clock: Clock;
  /** Only this namespace: of a user who may not see more. */
  readonly namespace?: string | undefined;
  readonly onStatus: (status: TableStatus) => void;
}

/** What is kept of an object while a list arrives. */
interface Stub extends KubeObject {
  readonly key: bigint;
}

/** Objects of a list that are sent together. */
const PART = 1000;
/** A list of so many is packed tighter once it is there. */
const MANY = 50_000;
/** A watch that has been open for so long without complaint is alive, though nothing has changed. */
const QUIET_MS = 2000;

export class KindFeed implements ReflectorSink<Stub> {
  readonly #o: KindFeedOptions;
  readonly #next: Edition;
  #reading = true;
  #rows: Rows[];
  #partSize = 0;
  #seen = new Set<bigint>();
  #again = new Set<bigint>();
  #arrived: KubeObject | undefined;
  #unread = 0;
  #size = 0;
  #state: TableState = 'syncing';
  #lastEvent: number | null = null;
  #error = '';
  #reflector: Reflector<Stub> | undefined;
  #ahead: PageAhead | undefined;

  constructor(options: KindFeedOptions) {
    this.#o = options;
    this.#next = nextOf(options.cluster);
    this.#rows = emptyRows(options.layout);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#reflector = new Reflector<Stub>(this.#source(), this, {
      clock: this.#o.clock,
      transform: (object) => this.#take(object),
      onError: (error) => this.#fault(error),
    });
    await this.#reflector.run(signal);
  }

  get status(): TableStatus {
    const { cluster, layout } = this.#o;
    return {
      cluster,
      table: layout.tables[0]!.name,
      state: this.#state,
      rows: this.#size,
      lastEvent: this.#lastEvent,
      resourceVersion: this.#reflector?.resourceVersion ?? '',
      error: this.#error || (this.#unread > 0 ? `${this.#unread} objects could not be read` : ''),
    };
  }

  begin(): void {
    this.#reading = true;
    this.#o.batcher.drop(this);
    this.#seen.clear();
    this.#again.clear();
    this.#unread = 0;
    this.#newPart();
    const statements = this.#o.layout.tables.map((table) => createTable(table, this.#next));
    void this.#send({ appends: [], statements });
  }

  async replace(objects: ReadonlyMap<string, Stub>): Promise<void> {
    this.#sendPart();
    const { layout, cluster } = this.#o;
    const builder = new BatchBuilder();
    if (this.#seen.size !== objects.size) builder.delete(layout, this.#next, this.#gone(objects));
    builder.finally(...layout.tables.flatMap((table) => exchange(table, cluster)));
    this.#reading = false;
    this.#seen.clear();
    this.#size = objects.size;
    this.#alive();
    this.#error = '';
    builder.finally(...statusStatements(this.status));
    await this.#send(builder.build());
    this.#o.onStatus(this.status);
    if (objects.size >= MANY) await this.#send({ appends: [], statements: ['CHECKPOINT store'] });
  }

  apply({ type, object }: WatchEvent<Stub>): void {
    if (type === 'BOOKMARK') return;
    if (type === 'ADDED') this.#size++;
    if (type === 'DELETED') this.#size--;
    const arrived = type === 'DELETED' ? undefined : this.#arrived;
    this.#o.batcher.put(this, () => this.#pending(), object.key, arrived);
  }

  #pending(): Pending {
    const { layout, cluster } = this.#o;
    const after = () => statusStatements(this.status);
    return { layout, cluster, objects: new Map(), after, size: () => this.#size };
  }

  /** Each object as it arrives, of a list or of a watch. */
  #take(object: KubeObject): Stub {
    this.#arrived = redact(object);
    const key = objectKey(this.#o.cluster, object.metadata);
    if (this.#reading) this.#addToPart(key, object);
    const { name, namespace, uid, resourceVersion } = object.metadata;
    return { key, metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp: '' } };
  }

  #addToPart(key: bigint, object: KubeObject): void {
    if (this.#seen.has(key)) this.#again.add(key);
    this.#seen.add(key);
    if (!addSafely(this.#o.layout, this.#rows, key, this.#o.cluster, object)) this.#unread++;
    if (++this.#partSize >= PART || this.#again.size > 0) this.#sendPart();
  }

  /** An object that came before in this list takes its own place. */
  #sendPart(): void {
    if (this.#partSize === 0) return;
    const builder = new BatchBuilder();
    if (this.#again.size > 0) builder.delete(this.#o.layout, this.#next, [...this.#again]);
    builder.insert(this.#o.layout, this.#next, this.#rows);
    this.#again.clear();
    this.#newPart();
    void this.#send(builder.build());
  }

  #newPart(): void {
    this.#rows = emptyRows(this.#o.layout);
    this.#partSize = 0;
  }

  #gone(objects: ReadonlyMap<string, Stub>): bigint[] {
    const alive = new Set(Array.from(objects.values(), (stub) => stub.key));
    return [...this.#seen].filter((key) => !alive.has(key));
  }

  async #send(batch: Parameters<Outlet['send']>[0]): Promise<void> {
    try {
      await this.#o.outlet.send(batch);
    } catch (error) {
      this.#fault(error);
    }
  }

  #source(): ReflectorSource<Stub> {
    const { client, layout, outlet, namespace } = this.#o;
    const type = layout.type as typeof layout.type & { object?: Stub };
    const scope = namespace && layout.type.namespaced ? { namespace } : {};
    return {
      list: async (o: ListOptions) => {
        await outlet.drained();
        const ask = (options: ListOptions) => client.list<Stub>(type, { ...options, ...scope });
        const page = await (o.continue !== undefined && this.#ahead?.token === o.continue ? this.#ahead.page : ask(o));
        this.#ahead = pageAfter(page, o, ask);
        return page;
      },
      watch: (o: WatchOptions) => this.#watched(client.watch<Stub>(type, { ...o, ...scope })),
    };
  }

  async *#watched(events: AsyncIterable<WatchEvent<Stub>>): AsyncGenerator<WatchEvent<Stub>> {
    const cancel = this.#o.clock.after(QUIET_MS, () => this.#recovered());
    try {
      for await (const event of events) {
        this.#recovered();
        if (!this.#o.outlet.idle) await this.#o.outlet.drained();
        yield event;
      }
    } finally {
      cancel();
    }
  }

  #alive(): void {
    this.#state = 'live';
    this.#lastEvent = this.#o.clock.now();
  }

  #recovered(): void {
    this.#lastEvent = this.#o.clock.now();
    if (this.#state === 'live' || this.#reading) return;
    this.#error = '';
    this.#tell('live');
  }

  #fault(error: unknown): void {
    this.#error = error instanceof Error ? error.message : String(error);
    if (isStatus(error, 'Forbidden')) this.#tell('forbidden');
    else this.#tell(this.#state === 'live' || this.#state === 'stale' ? 'stale' : 'syncing');
  }

  #tell(state: TableState): void {
    this.#state = state;
    this.#o.onStatus(this.status);
    void this.#o.outlet.send({ appends: [], statements: statusStatements(this.status) }).catch(() => undefined);
  }
}

/** A page that is fetched while the one before it is turned into rows. */
interface PageAhead {
  readonly token: string;
  readonly page: Promise<ObjectList<Stub>>;
}

function pageAfter(
  { metadata }: ObjectList<Stub>,
  { limit, signal }: ListOptions,
  ask: (o: ListOptions) => Promise<ObjectList<Stub>>,
): PageAhead | undefined {
  const token = metadata.continue;
  if (!token) return undefined;
  const page = ask({ continue: token, ...(limit !== undefined && { limit }), ...(signal && { signal }) });
  page.catch(() => undefined);
  return { token, page };
}
