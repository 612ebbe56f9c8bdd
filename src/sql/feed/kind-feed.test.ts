import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Batch } from '../../engine/index.ts';
import {
  type KubeObject,
  type ListOptions,
  StatusError,
  systemClock,
  type WatchEvent,
  type WatchOptions,
} from '../../kube/index.ts';
import { TestStore, testPod } from '../store.testing.ts';
import { KINDS, layOut } from '../tables/index.ts';
import { Batcher } from './batcher.ts';
import { KindFeed } from './kind-feed.ts';
import type { TableStatus } from './message.ts';
import { Outlet } from './outlet.ts';

let store: TestStore;
beforeAll(async () => {
  store = await TestStore.start();
});
afterAll(() => store.stop());

/** For what comes by itself, however slow the machine is. */
const PATIENCE_MS = 60_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

type Event = WatchEvent<KubeObject>;

/** A collection that a test changes: lists in pages, and watches that tell what has changed since a version. */
class Collection {
  readonly objects = new Map<string, KubeObject>();
  #events: { readonly version: number; readonly event: Event }[] = [];
  #version = 1;
  /** Watches from before this version are told that it is gone. */
  #oldest = 0;
  #wake = () => {};
  /** What the next list is answered with instead. */
  fault: Error | undefined;
  /** Whether it can send its state as the beginning of a watch. */
  streams = false;
  lists = 0;

  put(object: KubeObject): void {
    const type = this.objects.has(object.metadata.uid) ? 'MODIFIED' : 'ADDED';
    const next = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version + 1) } };
    this.objects.set(object.metadata.uid, next);
    this.#tell({ type, object: next });
  }

  remove(object: KubeObject): void {
    const there = this.objects.get(object.metadata.uid);
    if (!there) return;
    this.objects.delete(object.metadata.uid);
    const metadata = { ...there.metadata, resourceVersion: String(this.#version + 1) };
    this.#tell({ type: 'DELETED', object: { ...there, metadata } });
  }

  /** Changes that no watch will tell of. */
  leap(change: () => void): void {
    const [events, tell] = [this.#events, this.#wake];
    this.#wake = () => {};
    change();
    this.#version++;
    this.#events = events;
    this.#oldest = this.#version;
    tell();
  }

  async list(_type: unknown, { continue: from = '0', limit = 500 }: ListOptions) {
    if (this.fault) throw this.fault;
    if (from === '0') this.lists++;
    const all = [...this.objects.values()];
    const next = Number(from) + Math.min(limit, 2);
    const metadata = { resourceVersion: String(this.#version), ...(next < all.length && { continue: String(next) }) };
    return { items: structuredClone(all.slice(Number(from), next)), metadata };
  }

  async *watch(_type: unknown, { signal, sendInitialEvents, resourceVersion }: WatchOptions): AsyncGenerator<Event> {
    if (sendInitialEvents && !this.streams) throw refusal('Invalid', 422);
    signal?.addEventListener('abort', () => this.#wake());
    let seen = Number(resourceVersion);
    if (sendInitialEvents) {
      yield* this.#initialEvents();
      seen = this.#version;
    }
    while (!signal?.aborted) {
      if (seen < this.#oldest) throw refusal('Expired', 410);
      const next = this.#events.find(({ version }) => version > seen);
      if (!next) await new Promise<void>((resolve) => this.#waitFor(resolve));
      else {
        seen = next.version;
        yield structuredClone(next.event);
      }
    }
  }

  /** What has gone again while the state was sent is told within it. */
  *#initialEvents(): Generator<Event> {
    this.lists++;
    for (const object of this.objects.values()) {
      yield structuredClone({ type: 'ADDED', object });
      if (object.metadata.name === 'twice') yield structuredClone({ type: 'MODIFIED', object });
    }
    const gone = testPod('gone');
    yield { type: 'ADDED', object: gone };
    yield { type: 'DELETED', object: gone };
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    yield { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#version), annotations } } as never };
  }

  #waitFor(resolve: () => void): void {
    this.#wake = resolve;
  }

  #tell(event: Event): void {
    this.#version++;
    this.#events = [...this.#events, { version: this.#version, event }];
    this.#wake();
  }
}

function refusal(reason: 'Invalid' | 'Expired', code: number): StatusError {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, code, message: reason };
  return new StatusError(status as ConstructorParameters<typeof StatusError>[0]);
}

async function follow(
  collection: Collection,
  cluster: string,
  write = (batch: Batch) => store.engine.write(batch),
  mostDocuments?: number,
) {
  const stop = new AbortController();
  const statuses: TableStatus[] = [];
  const batches: Batch[] = [];
  const outlet = new Outlet((batch) => {
    batches.push(batch);
    return write(batch);
  });
  const faults: unknown[] = [];
  const batcher = new Batcher(outlet, systemClock, { onError: (error) => faults.push(error) });
  const layout = layOut(KINDS[0]!);
  const feed = new KindFeed({
    client: collection as never,
    cluster,
    layout,
    outlet,
    batcher,
    clock: systemClock,
    onStatus: (status) => statuses.push(status),
    mostDocuments,
  });
  void feed.run(stop.signal);
  await expect.poll(() => statuses.at(-1)?.state, { timeout: PATIENCE_MS }).toBe('live');
  return { feed, statuses, batches, faults, stop: () => stop.abort() };
}

const names = async (cluster: string) =>
  (await store.rows(`select name from pods where cluster = '${cluster}' order by 1`)).flat();
const inTables = (cluster: string) => expect.poll(() => names(cluster), { timeout: PATIENCE_MS });

describe('a kind that is followed', () => {
  it('14 an object that is made, changed and deleted between two batches leaves no row', async () => {
    const collection = new Collection();
    collection.put(testPod('stays'));
    const { stop } = await follow(collection, 'c14');
    collection.put(testPod('x'));
    collection.put(testPod('x', { labels: { a: 'b' } }));
    collection.remove(testPod('x'));
    collection.put(testPod('y'));
    await inTables('c14').toEqual(['stays', 'y']);
    expect(await store.rows("select count(*) from containers where cluster = 'c14' and pod_name = 'x'")).toEqual([
      [0n],
    ]);
    stop();
  });

  it("16 a new list after 410 takes the old one's place at once: what went unseen is gone, and rows never drop to none", async () => {
    const collection = new Collection();
    for (let i = 0; i < 7; i++) collection.put(testPod(`p${i}`));
    const { stop } = await follow(collection, 'c16');
    let least = Number.POSITIVE_INFINITY;
    const watching = { on: true };
    const looking = (async () => {
      while (watching.on) least = Math.min(least, (await names('c16')).length);
    })();
    collection.leap(() => {
      collection.remove(testPod('p0'));
      collection.put(testPod('p9'));
    });
    await inTables('c16').toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p9']);
    watching.on = false;
    await looking;
    expect(least).toBeGreaterThanOrEqual(6);
    stop();
  });

  it('12 the same namespace, name and uid in two clusters are two rows', async () => {
    const [one, two] = [new Collection(), new Collection()];
    one.put(testPod('same'));
    two.put(testPod('same', { labels: { only: 'two' } }));
    const feeds = [await follow(one, 'c12a'), await follow(two, 'c12b')];
    expect(await store.rows("select cluster, labels['only'] from pods where name = 'same' order by 1")).toEqual([
      ['c12a', null],
      ['c12b', 'two'],
    ]);
    one.remove(testPod('same'));
    await inTables('c12a').toEqual([]);
    expect(await names('c12b')).toEqual(['same']);
    for (const { stop } of feeds) stop();
  });

  it('17 a cluster that does not answer makes its tables stale, and they recover by themselves', async () => {
    const collection = new Collection();
    collection.put(testPod('a'));
    const { feed, stop } = await follow(collection, 'c17');
    collection.fault = new Error('connection refused');
    collection.leap(() => collection.put(testPod('b')));
    await expect.poll(() => feed.status.state, { timeout: PATIENCE_MS }).toBe('stale');
    expect(feed.status.error).toContain('connection refused');
    expect(await names('c17')).toEqual(['a']);
    expect(await store.rows("select state from tables_status where cluster = 'c17'")).toEqual([['stale']]);
    collection.fault = undefined;
    await inTables('c17').toEqual(['a', 'b']);
    expect(feed.status.state).toBe('live');
    stop();
  });

  it('19 10 an object that nobody foresaw costs its own row only, and is counted', async () => {
    const collection = new Collection();
    collection.put({ metadata: testPod('broken').metadata, spec: { containers: 'none' } } as never);
    collection.put(testPod('odd', { spec: { unheard: { of: [1] } }, labels: { 'x/y': 'it\'s "quoted" 中文' } }));
    const { feed, stop } = await follow(collection, 'c19');
    expect(await store.rows("select name, labels['x/y'] from pods where cluster = 'c19'")).toEqual([
      ['odd', 'it\'s "quoted" 中文'],
    ]);
    expect(feed.status.error).toBe('1 objects could not be read');
    stop();
  });

  it('a state that is streamed fills the tables as a list does, also where objects change or go meanwhile', async () => {
    const collection = new Collection();
    collection.streams = true;
    for (let i = 0; i < 250; i++) collection.put(testPod(`s${i}`));
    collection.put(testPod('twice'));
    const { feed, stop } = await follow(collection, 'cs');
    expect(await names('cs')).toEqual([...collection.objects.values()].map(({ metadata }) => metadata.name).sort());
    expect(feed.status.rows).toBe(251);
    collection.remove(testPod('s7'));
    await expect.poll(async () => (await names('cs')).length, { timeout: PATIENCE_MS }).toBe(250);
    stop();
  });

  it('changes that the engine has not taken are not lost: all is read again', async () => {
    const collection = new Collection();
    collection.put(testPod('a'));
    let refuse = false;
    const { faults, stop } = await follow(collection, 'cl', async (batch) => {
      if (refuse && batch.appends.length > 0) {
        refuse = false;
        throw new Error('out of memory');
      }
      await store.engine.write(batch);
    });
    refuse = true;
    collection.put(testPod('b'));
    await inTables('cl').toEqual(['a', 'b']);
    expect(collection.lists).toBe(2);
    expect(faults.map(String)).toEqual(['Error: out of memory']);
    stop();
  });

  it('keeps spec and status as JSON, but not of very many objects, and says so', async () => {
    const collection = new Collection();
    collection.put(testPod('d1', { spec: { nodeName: 'host-1' } }));
    const { feed, stop } = await follow(collection, 'cd', (batch) => store.engine.write(batch), 2);
    const documents = () =>
      store.rows("select spec->>'nodeName', status->>'phase' from pods where cluster = 'cd' order by name");
    expect(await documents()).toEqual([['host-1', 'Running']]);
    for (const name of ['d2', 'd3']) collection.put(testPod(name));
    await inTables('cd').toEqual(['d1', 'd2', 'd3']);
    expect(await documents()).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
    const why = 'spec and status are not kept of more than 2 objects';
    expect(feed.status.documents).toBe(why);
    expect(await store.rows("select documents from tables_status where cluster = 'cd'")).toEqual([[why]]);
    stop();
  });

  it('changes of two clusters go into one batch', async () => {
    const [one, two] = [new Collection(), new Collection()];
    const layout = layOut(KINDS[0]!);
    const outlet = new Outlet((batch) => store.engine.write(batch));
    const batcher = new Batcher(outlet, systemClock, { onError: (error) => expect.unreachable(String(error)) });
    const stop = new AbortController();
    for (const [cluster, collection] of [['ca', one] as const, ['cb', two] as const]) {
      const options = { client: collection as never, cluster, layout, outlet, batcher, clock: systemClock };
      const feed = new KindFeed({ ...options, onStatus: () => undefined });
      void feed.run(stop.signal);
      await expect.poll(() => feed.status.state, { timeout: PATIENCE_MS }).toBe('live');
    }
    one.put(testPod('x'));
    two.put(testPod('y'));
    await inTables('ca').toEqual(['x']);
    await inTables('cb').toEqual(['y']);
    stop.abort();
  });

  it('15 18 tables are what a list would show, whatever happens in whatever order, and so are those of the parts', async () => {
    let run = 0;
    const step = fc.tuple(
      fc.constantFrom('put', 'remove', 'leap'),
      fc.integer({ min: 0, max: 5 }),
      fc.nat(2),
      fc.nat(2),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const cluster = `c15-${run++}`;
        const collection = new Collection();
        const { stop, faults } = await follow(collection, cluster);
        for (const [what, i, containers, conditions] of steps) {
          const pod = podWithParts(`p${i}`, containers, conditions);
          if (what === 'put') collection.put(pod);
          else if (what === 'remove') collection.remove(pod);
          else collection.leap(() => (i % 2 ? collection.put(pod) : collection.remove(pod)));
          if (i === 5) await new Promise((resolve) => setImmediate(resolve));
        }
        const wished = [...collection.objects.values()].map(partsOf).sort();
        await expect.poll(() => partsIn(cluster), { timeout: PATIENCE_MS }).toEqual(wished);
        expect(faults).toEqual([]);
        stop();
      }),
      { numRuns: 8, seed: 15 },
    );
  });
});

function podWithParts(name: string, containers: number, conditions: number): KubeObject {
  const images = Array.from({ length: containers + 1 }, (_, i) => ({ name: `k${i}`, image: `i${containers}` }));
  const status = { conditions: Array.from({ length: conditions }, (_, i) => ({ type: `t${i}`, status: 'True' })) };
  return testPod(name, { uid: `u-${name}`, spec: { containers: images }, status });
}

function partsOf(pod: KubeObject): string {
  const { spec, status } = pod as unknown as {
    spec: { containers: { image: string }[] };
    status: { conditions: { type: string }[] };
  };
  const images = spec.containers.map(({ image }) => image).join();
  return `${pod.metadata.name} ${images} ${status.conditions.map(({ type }) => type).join()}`;
}

async function partsIn(cluster: string): Promise<unknown[]> {
  const sql = `select p.name || ' ' || (select string_agg(image, ',' order by c.name) from containers c where c.pod_uid = p.uid
      and c.cluster = p.cluster) || ' ' || coalesce((select string_agg(type, ',' order by type) from pod_conditions d
      where d.pod_uid = p.uid and d.cluster = p.cluster), '') from pods p where cluster = '${cluster}' order by 1`;
  return (await store.rows(sql)).flat();
}
