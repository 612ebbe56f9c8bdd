import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import type { KubeObject } from './object.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import { failure, StatusError } from './status.ts';
import { StubCollection, stubObject, tooLarge } from './stub-collection.ts';
import type { WatchEvent } from './watch-event.ts';

function mirror(server: StubCollection, options: Partial<ReflectorOptions<KubeObject>> = {}) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const errors: unknown[] = [];
  const replaced: string[][] = [];
  const events: string[] = [];
  const sink = {
    replace: (objects: ReadonlyMap<string, KubeObject>) => void replaced.push([...objects.keys()]),
    apply: (event: WatchEvent<KubeObject>) => void events.push(`${event.type} ${event.object.metadata.name}`),
  };
  const reflector = new Reflector(server, sink, {
    clock,
    random: () => 0,
    onError: (error) => errors.push(error),
    ...options,
  });
  const running = reflector.run(stop.signal);
  return { clock, stop, errors, replaced, events, reflector, running, settle: () => clock.advance(0) };
}

const lists = (server: StubCollection) => server.requests.filter((request) => request.verb === 'list');
const watches = (server: StubCollection) => server.requests.filter((request) => request.verb === 'watch');
const internal = () => failure('InternalError', 'it broke');

describe('list and watch', () => {
  it('takes the state as a stream and goes on with the same watch', async () => {
    const server = new StubCollection();
    server.put('a');
    server.put('b');
    const m = mirror(server);
    await m.settle();
    expect(m.replaced).toEqual([['a', 'b']]);
    server.put('c');
    server.remove('a');
    await m.settle();
    expect(m.events).toEqual(['ADDED c', 'DELETED a']);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
      resourceVersion: '',
    });
    expect(m.reflector.resourceVersion).toBe('4');
  });

  it('falls back to a chunked list at once where the server refuses streaming, and does not ask again', async () => {
    const server = new StubCollection();
    server.streaming = false;
    for (const name of ['a', 'b', 'c', 'd', 'e']) server.put(name);
    const m = mirror(server, { pageSize: 2 });
    await m.settle();
    expect(m.replaced).toEqual([['a', 'b', 'c', 'd', 'e']]);
    expect(lists(server).map((request) => request.limit)).toEqual([2, 2, 2]);
    expect(lists(server).map((request) => request.resourceVersion)).toEqual([undefined, undefined, undefined]);
    server.compact();
    server.put('f');
    server.compact();
    server.faults.watch.push(failure('Expired', 'too old'));
    server.cut();
    await m.clock.advance(2000);
    expect(m.replaced).toHaveLength(2);
    expect(watches(server).filter((request) => request.sendInitialEvents)).toHaveLength(1);
  });

  it('falls back when a server takes the wish and never ends the initial events', async () => {
    const server = new StubCollection();
    server.put('a');
    const watch = server.watch.bind(server);
    server.watch = (o) => watch({ ...o, sendInitialEvents: false });
    const m = mirror(server);
    await m.clock.advance(14_000);
    expect(m.replaced).toEqual([]);
    await m.clock.advance(2_000);
    expect(m.replaced).toEqual([['a']]);
    for (let i = 0; i < 3; i++) {
      server.put('a');
      server.faults.watch.push(failure('Expired', 'too old'));
      server.cut();
      await m.clock.advance(60_000);
    }
    expect(watches(server).filter((request) => request.resourceVersionMatch)).toHaveLength(3);
    expect(m.replaced).toHaveLength(4);
  });

  it('takes changes and deletions among the initial events, and no bookmark but the one that ends them', async () => {
    const server = new StubCollection();
    const initial = Promise.withResolvers<void>();
    const event = (type: WatchEvent<KubeObject>['type'], name: string, version: string) => ({
      type,
      object: stubObject(name, version, `uid-${name}`, {}),
    });
    server.watch = async function* () {
      yield event('ADDED', 'a', '1');
      yield event('ADDED', 'b', '2');
      yield event('BOOKMARK', '', '2');
      yield event('MODIFIED', 'a', '3');
      yield event('DELETED', 'b', '4');
      await initial.promise;
      const end = event('BOOKMARK', '', '9');
      end.object.metadata.annotations = { 'k8s.io/initial-events-end': 'true' };
      yield end;
      await new Promise(() => {});
    };
    const m = mirror(server);
    await m.settle();
    expect(m.replaced).toEqual([]);
    initial.resolve();
    await m.settle();
    expect(m.replaced).toEqual([['a']]);
    expect(m.reflector.resourceVersion).toBe('9');
  });

  it('goes on asking for a stream where the kind is not there yet', async () => {
    const server = new StubCollection();
    server.faults.watch.push(failure('NotFound', 'the server could not find the requested resource'));
    const m = mirror(server);
    await m.settle();
    expect(m.replaced).toEqual([]);
    await m.clock.advance(1000);
    expect(m.replaced).toEqual([[]]);
    expect(lists(server)).toEqual([]);
  });

  it('tries the stream again when it breaks before it is complete, and lists after the third time', async () => {
    const server = new StubCollection();
    server.put('a');
    server.faults.watch.push(new Error('reset'), new Error('reset'), new Error('reset'));
    const m = mirror(server);
    await m.settle();
    expect(m.replaced).toEqual([]);
    await m.clock.advance(10_000);
    expect(m.replaced).toEqual([['a']]);
    expect(lists(server)).toHaveLength(1);
    expect(m.errors).toHaveLength(3);
  });

  it('stops when told, in the middle of a watch', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    expect(server.watching).toBe(1);
    m.stop.abort(new Error('enough'));
    await m.running;
    expect(server.watching).toBe(0);
    expect(m.errors).toEqual([]);
  });

  it('asks the server to end each watch after five to ten minutes', async () => {
    const server = new StubCollection();
    const m = mirror(server, { random: () => 0.5 });
    await m.settle();
    server.put('a');
    server.cut();
    await m.settle();
    expect(watches(server).map((request) => request.timeoutSeconds)).toEqual([450, 450]);
  });
});

describe('going on after a watch ended', () => {
  it('goes on from the last event, at once, when the server ended it', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.put('a');
    await m.settle();
    server.cut();
    server.put('b');
    await m.settle();
    expect(m.events).toEqual(['ADDED a', 'ADDED b']);
    expect(watches(server)[1]).toMatchObject({ resourceVersion: '1' });
    expect(m.replaced).toHaveLength(1);
  });

  it('goes on from the last bookmark', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.version = 41;
    server.bookmark();
    await m.clock.advance(5000);
    server.cut();
    await m.clock.advance(5000);
    expect(watches(server)[1]).toMatchObject({ resourceVersion: '41' });
    expect(m.events).toEqual([]);
  });

  it('waits longer each time, up to 30 s, while the server cannot be reached', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    for (let i = 0; i < 20; i++) server.faults.watch.push(new Error('ECONNREFUSED'));
    server.cut(new Error('reset'));
    const at: number[] = [];
    const start = m.clock.now();
    const watch = server.watch.bind(server);
    server.watch = (o) => {
      at.push(m.clock.now() - start);
      return watch(o);
    };
    await m.clock.advance(120_000);
    expect(at).toEqual([800, 2400, 5600, 12_000, 24_800, 50_400, 80_400, 110_400]);
    expect(m.replaced).toHaveLength(1);
  });

  it('spreads the waits so that many clients do not come back together', async () => {
    const server = new StubCollection();
    const m = mirror(server, { random: () => 1 });
    await m.settle();
    server.faults.watch.push(new Error('ECONNREFUSED'));
    server.cut(new Error('reset'));
    await m.clock.advance(1599);
    expect(watches(server)).toHaveLength(1);
    await m.clock.advance(1);
    expect(watches(server)).toHaveLength(2);
  });

  it('does not relist on 429, and waits as long as Retry-After says', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.put('a');
    await m.settle();
    server.faults.watch.push(failure('TooManyRequests', 'slow down', { retryAfterSeconds: 7 }));
    server.cut();
    await m.clock.advance(6_999);
    expect(watches(server)).toHaveLength(2);
    await m.clock.advance(1);
    expect(watches(server)).toHaveLength(3);
    expect(watches(server)[2]).toMatchObject({ resourceVersion: '1' });
    expect(m.replaced).toHaveLength(1);
    expect(lists(server)).toHaveLength(0);
  });

  it('does not relist on 5xx, neither as an answer nor as an ERROR event', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.faults.watch.push(internal());
    server.cut(internal());
    server.put('a');
    await m.clock.advance(3000);
    expect(m.events).toEqual(['ADDED a']);
    expect(m.replaced).toHaveLength(1);
  });

  it('takes a watch that ends at once without events for a fault', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.cut();
    await m.settle();
    expect(watches(server)).toHaveLength(1);
    await m.clock.advance(800);
    expect(watches(server)).toHaveLength(2);
  });
});

describe('versions the server does not have', () => {
  for (const reason of ['Expired', 'Gone'] as const) {
    it(`lists again after 410 ${reason}, at no older version than was seen`, async () => {
      const server = new StubCollection();
      const m = mirror(server);
      await m.settle();
      server.put('a');
      await m.settle();
      server.faults.watch.push(failure(reason, 'too old resource version'));
      server.cut();
      await m.clock.advance(1000);
      expect(m.replaced).toEqual([[], ['a']]);
      expect(watches(server)[2]).toMatchObject({ sendInitialEvents: true, resourceVersion: '1' });
    });
  }

  it('lists again after an ERROR event with 410 in the middle of a watch', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.put('a');
    server.cut(failure('Expired', 'too old resource version: 1 (5)'));
    await m.clock.advance(1000);
    expect(m.replaced).toEqual([[], ['a']]);
  });

  it('lists again when the server cannot read an object that was deleted by force', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    const { status } = failure('InternalError', 'data from the storage is not transformable');
    server.cut(new StatusError({ ...status, reason: 'StorageReadError' }));
    await m.clock.advance(1000);
    expect(m.replaced).toHaveLength(2);
  });

  it('takes a bare HTTP 410 without a known reason for what it is', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    const status = { ...failure('Gone', 'gone').status, reason: undefined as unknown as string };
    server.cut(new StatusError(status));
    await m.clock.advance(1000);
    expect(m.replaced).toHaveLength(2);
  });

  it('reads the whole list without a version when a page has expired', async () => {
    const server = new StubCollection();
    server.streaming = false;
    for (const name of ['a', 'b', 'c', 'd']) server.put(name);
    const list = server.list.bind(server);
    server.list = async (o) => {
      if (o.continue) server.compact();
      return list(o);
    };
    const m = mirror(server, { pageSize: 2 });
    await m.settle();
    expect(m.replaced).toEqual([['a', 'b', 'c', 'd']]);
    expect(lists(server).map(({ limit, resourceVersion }) => ({ limit, resourceVersion }))).toEqual([
      { limit: 2, resourceVersion: undefined },
      { limit: 2, resourceVersion: undefined },
      { limit: undefined, resourceVersion: undefined },
    ]);
  });

  it('reads the whole list without a version when its own is from the future (TooLargeResourceVersion)', async () => {
    const server = new StubCollection();
    server.streaming = false;
    server.version = 10;
    server.put('a');
    const m = mirror(server);
    await m.settle();
    server.version = 5;
    server.compact();
    server.cut(tooLarge(5));
    await m.clock.advance(2000);
    expect(m.replaced).toHaveLength(2);
    expect(m.reflector.resourceVersion).toBe('5');
  });

  it('streams without a version when its own is from the future', async () => {
    const server = new StubCollection();
    server.version = 10;
    const m = mirror(server);
    await m.settle();
    server.version = 5;
    server.cut(tooLarge(5));
    await m.clock.advance(2000);
    expect(m.replaced).toHaveLength(2);
    expect(watches(server).at(-1)).toMatchObject({ resourceVersion: '', sendInitialEvents: true });
  });
});

describe('what arrives', () => {
  it('passes each object through the transform as it arrives', async () => {
    const server = new StubCollection();
    server.put('a', { keep: '1', drop: '2' });
    const seen: (Record<string, string> | undefined)[] = [];
    const sink = {
      replace: (objects: ReadonlyMap<string, KubeObject>) =>
        void seen.push(...Array.from(objects.values(), (o) => o.metadata.labels)),
      apply: (event: WatchEvent<KubeObject>) => void seen.push(event.object.metadata.labels),
    };
    const clock = new VirtualClock();
    const transform = (o: KubeObject) => ({ ...o, metadata: { ...o.metadata, labels: { keep: 'only' } } });
    void new Reflector(server, sink, { clock, transform }).run(new AbortController().signal);
    await clock.advance(0);
    server.put('b');
    await clock.advance(0);
    expect(seen).toEqual([{ keep: 'only' }, { keep: 'only' }]);
  });

  it('keeps the object as it is when the transform throws', async () => {
    const server = new StubCollection();
    server.put('a');
    const m = mirror(server, {
      transform: () => {
        throw new Error('no');
      },
    });
    await m.settle();
    expect(m.replaced).toEqual([['a']]);
    expect(m.errors).toHaveLength(1);
  });

  it('reports unknown events and events without a version, and goes on', async () => {
    const server = new StubCollection();
    const m = mirror(server);
    await m.settle();
    server.send({ type: 'SHRUG' as 'ADDED', object: stubObject('x', '9', 'u', {}) });
    server.send({ type: 'ADDED', object: stubObject('x', '', 'u', {}) });
    server.put('a');
    await m.settle();
    expect(m.events).toEqual(['ADDED a']);
    expect(m.errors.map((error) => (error as Error).message)).toEqual([
      'a watch sent an unknown event: SHRUG',
      'a watch sent a ADDED event without a resourceVersion',
    ]);
  });
});
