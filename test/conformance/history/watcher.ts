/** A client that keeps a copy of a collection: lists, watches, resumes, and starts again when it is told to. */
import { listAll } from './lister.ts';
import type { Random } from './random.ts';
import type { Form, Kind, Meta, WatchedEvent, WatchRecord } from './record.ts';
import type { Body, Wire } from './wire.ts';
import { collectionPath, keyOf, type World } from './world.ts';

export interface WatcherOptions {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly form?: Form;
  readonly bookmarks?: boolean;
  /** Get the first state through the watch itself. */
  readonly streaming?: boolean;
  /** After how many events the client breaks its own connection off, again and again; 0: never. */
  readonly cutAfter?: number;
  readonly timeoutSeconds?: number;
  readonly witness?: boolean;
}

const ACCEPT: Readonly<Record<Form, string>> = {
  Object: 'application/json',
  Table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
  Metadata: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
};

export class Watcher {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  readonly #o: WatcherOptions;
  readonly #wire: Wire;
  readonly #items = new Map<string, string>();
  /** The revision that the copy has reached; undefined: start again. */
  #rev: number | undefined;
  #cut: () => void = () => {};

  constructor(world: World, random: Random, name: string, options: WatcherOptions) {
    this.#world = world;
    this.#random = random;
    this.#name = name;
    this.#o = options;
    this.#wire = world.wire();
  }

  get options(): WatcherOptions {
    return this.#o;
  }

  get rev(): number {
    return this.#rev ?? -1;
  }

  /** Resolves when the world is closed; the copy is recorded then. */
  async run(): Promise<void> {
    const { kind, namespace, labels } = this.#o;
    while (this.#world.open) await this.#session();
    this.#wire.cut();
    this.#world.history.caches.push({ client: this.#name, kind: kind.name, namespace, labels, items: this.#items });
  }

  /** Ends the watch that is open, so that `run` can end. */
  stop(): void {
    this.#cut();
  }

  async #session(): Promise<void> {
    const { streaming = false } = this.#o;
    try {
      if (!this.#world.plane.ready) return await this.#world.breathe();
      if (this.#rev === undefined && !streaming) await this.#list();
      await this.#watch();
    } catch {
      this.#wire.cut();
      await this.#world.breathe();
    }
  }

  async #list(): Promise<void> {
    const { kind, namespace, labels, witness } = this.#o;
    const query: Record<string, string> = !witness && this.#random.chance(0.3) ? { resourceVersion: '0' } : {};
    const limit = witness ? 0 : this.#random.pick([0, 3]);
    const listing = await listAll(this.#world, this.#wire, this.#name, { kind, namespace, labels, limit, query });
    if (!listing) return;
    this.#world.history[witness ? 'bases' : 'listings'].push(listing);
    this.#items.clear();
    for (const meta of listing.items) this.#items.set(keyOf(meta), meta.resourceVersion);
    this.#rev = listing.rev;
  }

  async #watch(): Promise<void> {
    const { kind, namespace, form = 'Object', cutAfter = 0 } = this.#o;
    const run = new Session(this.#rev);
    if (run.initial) this.#items.clear();
    const path = `${collectionPath(kind, namespace)}?${this.#query()}`;
    let record = this.#record(run.initial ? undefined : this.#rev);
    if (!run.initial) this.#keep(record);
    const onLine = (line: string) => {
      const event = readEvent(line, this.#world);
      record.events.push(event);
      if (record.events.length === cutAfter && this.#world.busy) this.#cut();
      if (event.type === 'ERROR') {
        if (event.code !== 410) this.#world.history.oddities.push(`${this.#name}: a watch was answered ${line}`);
        this.#rev = undefined;
        return;
      }
      this.#apply(event);
      if (run.initial && !event.initialEnd) return;
      if (event.initialEnd) {
        this.#noteInitial(record, event.rev);
        record = this.#record(event.rev);
        this.#keep(record);
        run.initial = false;
      }
      this.#rev = event.rev;
    };
    await this.#wire.stream(path, { accept: ACCEPT[form] }, onLine, (cut) => {
      this.#cut = cut;
    });
    if (record.events.length === 0) await this.#world.breathe(2);
  }

  #query(): URLSearchParams {
    const { labels, bookmarks = false, timeoutSeconds } = this.#o;
    const first = this.#rev === undefined;
    return new URLSearchParams({
      watch: 'true',
      ...(labels && { labelSelector: labels }),
      ...((bookmarks || first) && { allowWatchBookmarks: 'true' }),
      ...(timeoutSeconds && { timeoutSeconds: String(timeoutSeconds) }),
      ...(first
        ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
        : { resourceVersion: String(this.#rev) }),
    });
  }

  #record(from: number | undefined): WatchRecord {
    const { kind, namespace, labels, form = 'Object' } = this.#o;
    return {
      client: this.#name,
      kind: kind.name,
      namespace,
      labels,
      form,
      from,
      began: this.#world.tick(),
      events: [],
    };
  }

  #keep(record: WatchRecord): void {
    this.#world.history[this.#o.witness ? 'witnesses' : 'watches'].push(record);
  }

  /** The state that a streaming list sent is a list like any other. */
  #noteInitial({ client, kind, namespace, labels, began, events }: WatchRecord, rev: number): void {
    const wrong = events.find((event) => event.type !== 'ADDED' && !event.initialEnd);
    if (wrong) this.#world.history.oddities.push(`${client}: ${wrong.type} among the first events of a streaming list`);
    const items = events.flatMap((event) => (event.meta && !event.initialEnd ? [event.meta] : []));
    this.#world.history.listings.push({ client, kind, namespace, labels, began, newest: true, rev, pages: 1, items });
  }

  #apply({ type, meta }: WatchedEvent): void {
    if (type === 'ADDED' || type === 'MODIFIED') this.#items.set(keyOf(meta!), meta!.resourceVersion);
    else if (type === 'DELETED') this.#items.delete(keyOf(meta!));
  }
}

class Session {
  /** Are the events that come the first state? */
  initial: boolean;

  constructor(rev: number | undefined) {
    this.initial = rev === undefined;
  }
}

function readEvent(line: string, { history }: World): WatchedEvent {
  let parsed: { type: WatchedEvent['type']; object: Body };
  try {
    parsed = JSON.parse(line);
  } catch {
    history.oddities.push(`a watch sent what is no JSON: ${line.slice(0, 200)}`);
    return { type: 'ERROR', rev: 0, code: 410 };
  }
  const { type, object } = parsed as { type?: WatchedEvent['type']; object?: Body };
  // A refusal of the watch itself is a Status without an event around it.
  if (type === undefined || type === 'ERROR') {
    const status = type === undefined ? (parsed as Body) : object;
    return { type: 'ERROR', rev: 0, code: status.code };
  }
  const inner = object.kind === 'Table' && type !== 'BOOKMARK' ? object.rows[0].object : object;
  const meta = inner.metadata as Meta;
  const initialEnd = meta.annotations?.['k8s.io/initial-events-end'] === 'true';
  return {
    type,
    rev: Number(meta.resourceVersion),
    ...(type !== 'BOOKMARK' && { meta }),
    ...(initialEnd && { initialEnd: true as const }),
  };
}
