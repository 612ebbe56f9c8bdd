import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { Informer, type InformerOptions, withoutManagedFields } from './informer.ts';
import { InformerSet } from './informer-set.ts';
import { type KubeObject, keyOf } from './object.ts';
import { CONFIG_MAPS, type ResourceType, SECRETS } from './resource-type.ts';
import { failure } from './status.ts';
import { StubCollection, tooLarge } from './stub-collection.ts';

const TYPE = CONFIG_MAPS as ResourceType;

/** A client of one collection. */
function clientOf(server: StubCollection) {
  type Client = ConstructorParameters<typeof Informer<KubeObject>>[0];
  return {
    list: (_: unknown, o: object) => server.list(o),
    watch: (_: unknown, o: object) => server.watch(o),
  } as unknown as Client & ConstructorParameters<typeof InformerSet>[0];
}

function informed(server: StubCollection, options: InformerOptions<KubeObject> = {}) {
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const informer = new Informer(clientOf(server), TYPE, { clock, random: () => 0, onError, ...options });
  const stop = new AbortController();
  const start = () => {
    informer.start(stop.signal);
    return clock.advance(0);
  };
  return { informer, clock, errors, stop, start };
}

function recorder() {
  const calls: string[] = [];
  const handler = {
    add: (o: KubeObject) => void calls.push(`add ${o.metadata.name}`),
    update: (o: KubeObject, old: KubeObject) =>
      void calls.push(`update ${o.metadata.name} ${old.metadata.resourceVersion}>${o.metadata.resourceVersion}`),
    delete: (o: KubeObject) => void calls.push(`delete ${o.metadata.name}`),
  };
  return { calls, handler };
}

describe('an informer', () => {
  it('has synced when the first list is in and the handlers know', async () => {
    const server = new StubCollection();
    server.put('a');
    const { informer, start } = informed(server);
    const { calls, handler } = recorder();
    informer.onChange(handler);
    expect(informer.hasSynced).toBe(false);
    await start();
    expect(informer.hasSynced).toBe(true);
    await informer.synced();
    expect(calls).toEqual(['add a']);
    expect(informer.size).toBe(1);
  });

  it('rejects a wait for the sync when its signal aborts', async () => {
    const { informer } = informed(new StubCollection());
    const wait = informer.synced(AbortSignal.abort(new Error('no time')));
    await expect(wait).rejects.toThrow('no time');
  });

  it('cannot be started twice', async () => {
    const { informer, start, stop } = informed(new StubCollection());
    await start();
    expect(() => informer.start(stop.signal)).toThrow('started before');
  });

  it('tells of each change once, in order, with what was there before', async () => {
    const server = new StubCollection();
    const { informer, start, clock } = informed(server);
    const { calls, handler } = recorder();
    informer.onChange(handler);
    await start();
    server.put('a');
    server.put('a');
    server.remove('a');
    await clock.advance(0);
    expect(calls).toEqual(['add a', 'update a 1>2', 'delete a']);
    expect(informer.size).toBe(0);
  });

  it('gives a late handler an add for what is there, and only then the changes', async () => {
    const server = new StubCollection();
    server.put('a');
    server.put('b');
    const { informer, start, clock } = informed(server);
    await start();
    const { calls, handler } = recorder();
    informer.onChange(handler);
    expect(calls).toEqual(['add a', 'add b']);
    server.put('a');
    await clock.advance(0);
    expect(calls).toEqual(['add a', 'add b', 'update a 1>3']);
  });

  it('does not tell a handler twice that was added while others were being told', async () => {
    const server = new StubCollection();
    const { informer, start, clock } = informed(server);
    const { calls, handler } = recorder();
    let added = false;
    informer.onChange({
      add: () => {
        if (!added) informer.onChange(handler);
        added = true;
      },
    });
    await start();
    server.put('a');
    await clock.advance(0);
    expect(calls).toEqual(['add a']);
  });

  it('tells a handler nothing more once it is taken off', async () => {
    const server = new StubCollection();
    const { informer, start, clock } = informed(server);
    const { calls, handler } = recorder();
    const off = informer.onChange(handler);
    await start();
    off();
    off();
    server.put('a');
    await clock.advance(0);
    expect(calls).toEqual([]);
  });

  it('tells a handler registered twice twice, and takes off one registration at a time', async () => {
    const server = new StubCollection();
    const { informer, start, clock } = informed(server);
    const { calls, handler } = recorder();
    const off = informer.onChange(handler);
    informer.onChange(handler);
    await start();
    server.put('a');
    await clock.advance(0);
    off();
    server.put('b');
    await clock.advance(0);
    expect(calls).toEqual(['add a', 'add a', 'add b']);
  });

  it('can lose and gain handlers while it tells of a change', async () => {
    const server = new StubCollection();
    const { informer, start, clock } = informed(server);
    const { calls, handler } = recorder();
    const off = informer.onChange({
      add() {
        off();
        informer.onChange(handler);
      },
    });
    await start();
    server.put('a');
    server.put('b');
    await clock.advance(0);
    expect(calls).toEqual(['add a', 'add b']);
  });

  it('goes on telling the others when a handler throws', async () => {
    const server = new StubCollection();
    const { informer, start, clock, errors } = informed(server);
    const { calls, handler } = recorder();
    informer.onChange({
      add: () => {
        throw new Error('mine');
      },
    });
    informer.onChange(handler);
    await start();
    server.put('a');
    server.put('b');
    await clock.advance(0);
    expect(calls).toEqual(['add a', 'add b']);
    expect(errors).toHaveLength(2);
  });

  it('tells after a relist what changed meanwhile, and nothing of what did not', async () => {
    const server = new StubCollection();
    for (const name of ['kept', 'changed', 'gone']) server.put(name);
    const { informer, start, clock } = informed(server);
    await start();
    const { calls, handler } = recorder();
    informer.onChange(handler);
    calls.length = 0;
    server.cut();
    server.put('changed');
    server.remove('gone');
    server.put('new');
    server.compact();
    await clock.advance(3000);
    expect(calls).toEqual(['update changed 2>4', 'add new', 'delete gone']);
  });

  it('tells of a delete and an add when an object was replaced by another of its name unseen', async () => {
    const server = new StubCollection();
    server.put('a');
    const { informer, start, clock } = informed(server);
    await start();
    const { calls, handler } = recorder();
    informer.onChange(handler);
    server.cut();
    server.remove('a');
    server.put('a');
    server.compact();
    await clock.advance(3000);
    expect(calls).toEqual(['add a', 'delete a', 'add a']);
  });

  it('finds by index, also after objects have moved', async () => {
    const server = new StubCollection();
    server.put('a', { zone: 'east' });
    server.put('b', { zone: 'west' });
    const zone = (o: KubeObject) => (o.metadata.labels?.zone ? [o.metadata.labels.zone] : []);
    const { informer, start, clock } = informed(server, { indexers: { zone } });
    await start();
    const names = (value: string) => informer.byIndex('zone', value).map((o) => o.metadata.name);
    expect([names('east'), names('west'), names('north')]).toEqual([['a'], ['b'], []]);
    server.put('a', { zone: 'west' });
    await clock.advance(0);
    expect([names('east'), names('west')]).toEqual([[], ['b', 'a']]);
    expect([...informer.indexValues('zone')]).toEqual(['west']);
    expect(() => informer.byIndex('rack', 'x')).toThrow('there is no index rack; there are: zone');
  });

  it('makes a change to a shared object an error when told to freeze', async () => {
    const server = new StubCollection();
    server.put('a', { zone: 'east' });
    const { informer, start } = informed(server, { freeze: true });
    await start();
    expect(() => {
      informer.get('a')!.metadata.labels!.zone = 'west';
    }).toThrow(TypeError);
  });

  it('drops managed fields when asked to', async () => {
    const server = new StubCollection();
    server.put('a').metadata.managedFields = [{}];
    const { informer, start } = informed(server, { transform: withoutManagedFields });
    await start();
    expect(informer.get('a')?.metadata.managedFields).toBeUndefined();
  });

  it('lets others run while it takes in a large list', async () => {
    const server = new StubCollection();
    for (let i = 0; i < 2500; i++) server.put(`o${i}`);
    const { informer, start } = informed(server);
    const { calls, handler } = recorder();
    informer.onChange(handler);
    let other = -1;
    informer.onChange({
      add(o) {
        if (o.metadata.name === 'o0') setImmediate(() => (other = calls.length));
      },
    });
    await start();
    await informer.synced();
    expect(other).toBe(1000);
    expect(calls).toHaveLength(2500);
  });
});

type Step =
  | { do: 'put' | 'remove'; name: string }
  | { do: 'cut' | 'reset' | 'throttle' | 'break' | 'compact' | 'bookmark' | 'future' }
  | { do: 'wait'; ms: number };

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 900, 40_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('cut', 'reset', 'throttle', 'break', 'compact', 'bookmark', 'future' as const),
    }),
  },
);

async function take(server: StubCollection, clock: VirtualClock, at: Step): Promise<void> {
  if (at.do === 'put') server.put(at.name);
  else if (at.do === 'remove') server.remove(at.name);
  else if (at.do === 'wait') await clock.advance(at.ms);
  else if (at.do === 'cut') server.cut();
  else if (at.do === 'reset') server.cut(new Error('ECONNRESET'));
  else if (at.do === 'throttle')
    server.faults.watch.push(failure('TooManyRequests', 'later', { retryAfterSeconds: 3 }));
  else if (at.do === 'break') server.faults.list.push(failure('InternalError', 'broken'));
  else if (at.do === 'compact') server.compact();
  else if (at.do === 'bookmark') server.bookmark();
  else server.cut(tooLarge(server.version));
}

describe('whatever happens to the connection', () => {
  for (const streaming of [true, false]) {
    it(`the copy ends as the server's state, told without loss or repetition (streaming ${streaming})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const server = new StubCollection();
          server.streaming = streaming;
          const { informer, start, clock, stop, errors } = informed(server);
          const told = new Map<string, string>();
          const last = new Map<string, number>();
          const rises = (o: KubeObject) => {
            const version = Number(o.metadata.resourceVersion);
            expect(version).toBeGreaterThan(last.get(keyOf(o)) ?? 0);
            last.set(keyOf(o), version);
          };
          informer.onChange({
            add(o) {
              expect(told.has(keyOf(o))).toBe(false);
              rises(o);
              told.set(keyOf(o), o.metadata.resourceVersion);
            },
            update(o, old) {
              expect(told.get(keyOf(o))).toBe(old.metadata.resourceVersion);
              rises(o);
              told.set(keyOf(o), o.metadata.resourceVersion);
            },
            delete(o) {
              expect(told.delete(keyOf(o))).toBe(true);
            },
          });
          await start();
          for (const at of steps) await take(server, clock, at);
          await clock.advance(600_000);
          const state = new Map([...server.objects].map(([key, o]) => [key, o.metadata.resourceVersion]));
          const copy = new Map([...informer.list()].map((o) => [keyOf(o), o.metadata.resourceVersion]));
          expect(copy).toEqual(state);
          expect(told).toEqual(state);
          expect(errors.filter((error) => (error as Error).name === 'AssertionError')).toEqual([]);
          stop.abort();
        }),
        { numRuns: 150 },
      );
    });
  }
});

describe('a set of informers', () => {
  const zone = () => ['z'];

  it('shares one informer among all who look at the same objects', async () => {
    const server = new StubCollection();
    const set = new InformerSet(clientOf(server), new VirtualClock());
    const first = set.of(TYPE, { indexers: { zone } });
    expect(set.of(TYPE)).toBe(first);
    expect(set.of(TYPE, { indexers: { rack: zone } })).toBe(first);
    expect(set.of(TYPE, { labelSelector: 'a=b' })).not.toBe(first);
    expect(set.of(SECRETS as ResourceType)).not.toBe(first);
    expect(set.of(TYPE, { transform: withoutManagedFields })).not.toBe(first);
    expect(first.byIndex('rack', 'z')).toEqual([]);
  });

  it('refuses two indexes of one name that mean different things', () => {
    const set = new InformerSet(clientOf(new StubCollection()), new VirtualClock());
    set.of(TYPE, { indexers: { zone } });
    expect(() => set.of(TYPE, { indexers: { zone: () => [] } })).toThrow('index zone is there already');
  });

  it('starts informers asked for before and after its own start', async () => {
    const server = new StubCollection();
    server.put('a');
    const clock = new VirtualClock();
    const set = new InformerSet(clientOf(server), clock);
    const early = set.of(TYPE);
    set.start(new AbortController().signal);
    const late = set.of(TYPE, { namespace: 'x' });
    await clock.advance(0);
    await set.synced();
    expect([early.size, late.size]).toEqual([1, 1]);
  });
});
