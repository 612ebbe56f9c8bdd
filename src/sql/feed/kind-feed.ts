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
  sleep,
  type WatchEvent,
  type WatchOptions,
} from '../../kube/index.ts';
import { createTable, type Edition, exchange, type Layout, nextOf, redact } from '../tables/index.ts';
import { BatchBuilder } from './batch-builder.ts';
import type { Batcher, Pending } from './batcher.ts';
import { checkpoint } from './compaction.ts';
import { Documents } from './documents.ts';
import { KnownObjects } from './known-objects.ts';
import type { TableState, TableStatus } from './message.ts';
import { objectKey } from './object-key.ts';
import type { Outlet } from './outlet.ts';
import { Part } from './part.ts';
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
  /** Of more objects `spec` and `status` are not kept. @default 100_000 */
  readonly mostDocuments?: number | undefined;
}

/** Objects of a list that are sent together, unless they are so large that fewer are enough. */
const PART = 2000;
const PART_CHARACTERS = 8 << 20;
/** A list of so many is packed tighter once it is there. */
const MANY = 50_000;
/** A watch that has been open for so long without complaint is alive, though nothing has changed. */
const QUIET_MS = 2000;
/** Before a list is read again because the store has lost a change. */
const PAUSE_MS = 1000;
/** Objects of a streamed list after which the reflector hears that it goes on. */
const BEAT = 100;

export class KindFeed implements ReflectorSink<KubeObject> {
  readonly #o: KindFeedOptions;
  readonly #next: Edition;
  readonly #documents: Documents;
  #reading = true;
  #part: Part;
  /** What the tables hold, and what those will hold that are being filled. */
  #known: KnownObjects;
  #arriving: KnownObjects;
  /** Of the list that is arriving: when all of it so far is written, and why some of it could not be. */
  #written: Promise<void> = Promise.resolve();
  #incomplete: unknown;
  #unread = 0;
  #state: TableState = 'syncing';
  #lastEvent: number | null = null;
  #error = '';
  #only: readonly string[] | undefined;
  #reflector: Reflector<KubeObject> | undefined;
  #again: AbortController | undefined;
  #ahead: PageAhead | undefined;

  constructor(options: KindFeedOptions) {
    this.#o = options;
    this.#next = nextOf(options.cluster, options.namespace);
    this.#documents = new Documents(options.layout, options.cluster, options.mostDocuments);
    this.#part = this.#newPart();
    this.#known = this.#nothing();
    this.#arriving = this.#nothing();
  }

  /** Runs until the signal aborts. Where the store has lost a change all is read again. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#o;
    while (!signal.aborted) {
      this.#again = new AbortController();
      this.#reflector = new Reflector<KubeObject>(this.#source(), this, {
        clock,
        onError: (error) => this.#fault(error),
      });
      await this.#reflector.run(AbortSignal.any([signal, this.#again.signal]));
      await sleep(clock, PAUSE_MS, signal).catch(() => undefined);
    }
  }

  get status(): TableStatus {
    const { cluster, layout, namespace = '' } = this.#o;
    return {
      cluster,
      table: layout.tables[0]!.name,
      namespace,
      ...(this.#state === 'forbidden' && this.#only && { only: this.#only }),
      state: this.#state,
      rows: this.#known.size,
      lastEvent: this.#lastEvent,
      resourceVersion: this.#reflector?.resourceVersion ?? '',
      documents: this.#documents.reason ?? '',
      error: this.#error || (this.#unread > 0 ? `${this.#unread} objects could not be read` : ''),
    };
  }

  /** These namespaces are shown, each followed for itself, where all may not be listed. */
  showOnly(namespaces: readonly string[]): void {
    if (JSON.stringify(namespaces) === JSON.stringify(this.#only)) return;
    this.#only = namespaces;
    this.#tell(this.#state);
  }

  begin(): void {
    const { batcher, layout } = this.#o;
    this.#reading = true;
    batcher.drop(this);
    this.#arriving = this.#nothing();
    this.#incomplete = undefined;
    this.#unread = 0;
    this.#documents.expect(0);
    this.#part = this.#newPart();
    this.#write({ appends: [], statements: layout.tables.map((table) => createTable(table, this.#next)) });
  }

  /** Objects have been taken as they came: what the reflector has gathered is nothing. */
  async replace(): Promise<void> {
    this.#sendPart();
    const { layout, cluster, namespace, outlet } = this.#o;
    await this.#written;
    if (this.#incomplete) throw this.#incomplete;
    this.#reading = false;
    this.#known = this.#arriving;
    this.#state = 'live';
    this.#lastEvent = this.#o.clock.now();
    this.#error = '';
    const cleared = this.#documents.limit(this.#known.size, this.#next);
    const exchanged = layout.tables.flatMap((table) => exchange(table, cluster, namespace));
    await outlet.send({ appends: [], statements: [...cleared, ...exchanged, ...statusStatements(this.status)] });
    this.#o.onStatus(this.status);
    if (this.#known.size >= MANY) await checkpoint(outlet, this.#o.clock);
  }

  apply({ type, object }: WatchEvent<KubeObject>): void {
    if (type === 'BOOKMARK') return;
    const key = objectKey(this.#o.cluster, object.metadata);
    this.#o.batcher.put(this, () => this.#pending(), key, type === 'DELETED' ? undefined : redact(object));
  }

  #pending(): Pending {
    const part = this.#newPart();
    return {
      part,
      known: this.#known,
      after: () => {
        this.#unread += part.unread;
        return [...this.#documents.limit(this.#known.size, 'live'), ...statusStatements(this.status)];
      },
      onLost: (error) => {
        this.#fault(error);
        this.#again?.abort(new Error('the store has lost a change'));
      },
    };
  }

  /** Each object of a list as it arrives. One that came before in this list takes its own place. */
  #take(object: KubeObject): void {
    const key = objectKey(this.#o.cluster, object.metadata);
    if (!this.#arriving.add(key)) {
      this.#remove(key);
      this.#arriving.add(key);
    }
    this.#part.add(key, redact(object), this.#arriving);
    if (this.#part.count >= PART || this.#part.characters >= PART_CHARACTERS) this.#sendPart();
  }

  #remove(key: bigint): void {
    this.#sendPart();
    this.#arriving.delete(key);
    const builder = new BatchBuilder();
    builder.delete(this.#o.layout, this.#next, [key]);
    this.#write(builder.build());
  }

  #sendPart(): void {
    if (this.#part.count === 0) return;
    this.#unread += this.#part.unread;
    const builder = new BatchBuilder();
    builder.put(this.#part, this.#next);
    this.#part = this.#newPart();
    this.#write(builder.build());
  }

  #newPart(): Part {
    return new Part(this.#o.layout, this.#o.cluster, () => this.#documents.bare);
  }

  #nothing(): KnownObjects {
    return new KnownObjects(this.#o.layout.tables.length - 1);
  }

  /** Of a list that is arriving. */
  #write(batch: Parameters<Outlet['send']>[0]): void {
    this.#written = this.#o.outlet.send(batch).catch((error: unknown) => {
      this.#incomplete ??= error;
    });
  }

  #source(): ReflectorSource<KubeObject> {
    const { client, layout, outlet, namespace } = this.#o;
    const { type } = layout;
    const scope = namespace && type.namespaced ? { namespace } : {};
    return {
      list: async (o: ListOptions) => {
        await outlet.drained();
        const ask = (options: ListOptions) => client.list(type, { ...options, ...scope });
        const page = await (o.continue !== undefined && this.#ahead?.token === o.continue ? this.#ahead.page : ask(o));
        this.#ahead = pageAfter(page, o, ask);
        if (o.continue === undefined)
          this.#documents.expect(page.items.length + (page.metadata.remainingItemCount ?? 0));
        for (const object of page.items) this.#take(object);
        return { items: [], metadata: page.metadata };
      },
      watch: (o: WatchOptions) => this.#watched(client.watch(type, { ...o, ...scope })),
    };
  }

  /** Objects of a streamed list stay here; of changes the reflector hears one by one. */
  async *#watched(events: AsyncIterable<WatchEvent<KubeObject>>): AsyncGenerator<WatchEvent<KubeObject>> {
    const { clock, outlet, batcher } = this.#o;
    const cancel = clock.after(QUIET_MS, () => this.#recovered());
    let count = 0;
    try {
      for await (const event of events) {
        this.#recovered();
        if (!outlet.idle) await outlet.drained();
        if (batcher.full) await batcher.room();
        if (this.#reading && event.type !== 'BOOKMARK') {
          this.#takeStreamed(event);
          if (++count % BEAT === 0) yield { type: 'BOOKMARK', object: event.object };
        } else yield event;
      }
    } finally {
      cancel();
    }
  }

  #takeStreamed({ type, object }: WatchEvent<KubeObject>): void {
    if (type !== 'DELETED') this.#take(object);
    else this.#remove(objectKey(this.#o.cluster, object.metadata));
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
  readonly page: Promise<ObjectList<KubeObject>>;
}

function pageAfter(
  { metadata }: ObjectList<KubeObject>,
  { limit, signal }: ListOptions,
  ask: (o: ListOptions) => Promise<ObjectList<KubeObject>>,
): PageAhead | undefined {
  const token = metadata.continue;
  if (!token) return undefined;
  const page = ask({ continue: token, ...(limit !== undefined && { limit }), ...(signal && { signal }) });
  page.catch(() => undefined);
  return { token, page };
}
