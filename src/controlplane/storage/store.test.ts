import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import type { Json } from '../registry/definition.ts';
import type { Change } from './entry.ts';
import type { LogBatch, LogRow } from './revision-log.ts';
import { type Log, Store } from './store.ts';

const MINUTE = 60_000;

function newDir(): string {
  return mkdtempSync(join(tmpdir(), 'jdos-store-'));
}

const draft = (value: number): Json => ({ metadata: { name: 'a' }, value });
const put = (store: Store, key: string, value: number) =>
  store.write(store.collection('things'), key, () => ({ object: draft(value) }));
const drop = (store: Store, key: string) =>
  store.write(store.collection('things'), key, (current) => current && { remove: current.parse() });

describe('a write', () => {
  it('is seen by readers only when it is on disk, and by other writes at once', async () => {
    const store = new Store(new MemoryLog());
    const things = store.collection('things');
    const writing = put(store, 'a', 1);
    expect(things.get('a')).toBeUndefined();
    expect(store.newest(things, 'a')?.parse().value).toBe(1);
    await writing;
    expect(things.get('a')?.parse().value).toBe(1);
  });

  it('stamps the object with its revision', async () => {
    const store = new Store(new MemoryLog());
    const change = await put(store, 'a', 1);
    expect(change?.entry.parse().metadata.resourceVersion).toBe(String(change?.rev));
  });

  it('that decides on nothing waits for what it decided on', async () => {
    const log = new MemoryLog();
    const store = new Store(log);
    const first = put(store, 'a', 1);
    let durable = false;
    void first.then(() => {
      durable = true;
    });
    await store.write(store.collection('things'), 'a', () => undefined);
    expect(durable).toBe(true);
  });

  it('that cannot be stored is refused together with all that was decided on top of it, and nothing changes', async () => {
    const log = new MemoryLog();
    const store = new Store(log);
    await put(store, 'a', 1);
    log.failing = new Error('disk full');
    const first = put(store, 'a', 2);
    const second = put(store, 'b', 3);
    await expect(first).rejects.toThrow('disk full');
    await expect(second).rejects.toThrow('disk full');
    log.failing = undefined;
    expect(store.newest(store.collection('things'), 'a')?.parse().value).toBe(1);
    expect((await put(store, 'b', 4))?.type).toBe('ADDED');
  });

  it('whose decision throws changes nothing', async () => {
    const store = new Store(new MemoryLog());
    const refused = store.write(store.collection('things'), 'a', () => {
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(store.collection('things').size).toBe(0);
  });
});

describe('a data directory', () => {
  it('gives back state and history when it is opened again', async () => {
    const dir = newDir();
    const store = Store.open(dir);
    const first = await put(store, 'a', 1);
    await put(store, 'a', 2);
    await put(store, 'b', 3);
    await drop(store, 'b');
    await store.close();
    const again = Store.open(dir);
    const things = again.collection('things');
    expect(things.get('a')?.parse().value).toBe(2);
    expect(things.get('b')).toBeUndefined();
    expect([...things.history.after(first!.rev)].map((c) => c.type)).toEqual(['MODIFIED', 'ADDED', 'DELETED']);
    expect((await put(again, 'c', 1))?.rev).toBeGreaterThan(first!.rev + 3);
    await again.close();
  });

  it('is held by one store at a time', async () => {
    const dir = newDir();
    const store = Store.open(dir);
    await put(store, 'a', 1);
    expect(() => Store.open(dir)).toThrow(expect.objectContaining({ code: 'JDOS_ERR_DATA_DIR_IN_USE' }));
    await store.close();
  });

  it('that is no database is refused and left as it is', () => {
    const dir = newDir();
    writeFileSync(join(dir, 'state.db'), 'not a database'.repeat(100));
    expect(() => Store.open(dir)).toThrow(expect.objectContaining({ code: 'JDOS_ERR_DATA_CORRUPT' }));
    expect(readFileSync(join(dir, 'state.db'), 'utf8')).toBe('not a database'.repeat(100));
  });
});

describe('housekeeping', () => {
  it('forgets history past its time, on disk too, and keeps the state', async () => {
    const clock = new VirtualClock();
    const log = new MemoryLog();
    const store = new Store(log, { clock });
    for (let i = 0; i < 5; i++) await put(store, 'a', i);
    await drop(store, 'a');
    const last = await put(store, 'b', 9);
    await clock.advance(6 * MINUTE);
    await put(store, 'c', 1);
    const things = store.collection('things');
    expect(things.history.compacted).toBe(last!.rev);
    expect(things.at(last!.rev - 1)).toBeUndefined();
    expect([...log.rows()].map((row) => row.key)).toEqual(['b', 'c']);
    expect([...new Store(log).collection('things').current.keys()]).toEqual(['b', 'c']);
  });

  it('keeps no more bytes of history than it may, but for what is fresh, of which it keeps four times as much', async () => {
    const clock = new VirtualClock();
    const bytes = Buffer.byteLength(JSON.stringify({ metadata: { name: 'a', resourceVersion: '10' }, value: 1 }));
    const store = new Store(new MemoryLog(), { clock, historyBytes: 10 * bytes });
    const { history } = store.collection('things');
    for (let i = 0; i < 30; i++) await put(store, 'a', 1);
    await clock.advance(10_000);
    expect(history.size).toBe(30);
    for (let i = 0; i < 30; i++) await put(store, 'a', 1);
    await clock.advance(10_000);
    expect([history.size >= 40, history.size < 60]).toEqual([true, true]);
    await clock.advance(2 * MINUTE);
    expect([history.size > 0, history.size <= 10]).toEqual([true, true]);
  });

  it('lets objects vanish that nobody has written for their lifetime', async () => {
    const clock = new VirtualClock();
    const store = new Store(new MemoryLog(), { clock });
    const things = store.collection('things');
    store.expireAfter(things, MINUTE);
    await put(store, 'old', 1);
    await clock.advance(MINUTE / 2);
    await put(store, 'young', 1);
    await clock.advance(MINUTE / 2 + 10_000);
    await store.flush();
    expect([...things.current.keys()]).toEqual(['young']);
  });
});

type Step = { key: string; value: number } | { key: string; remove: true } | { reopen: true };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd/e'), value: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ key: fc.constantFrom('a', 'b', 'c'), remove: fc.constant(true as const) }) },
  { weight: 1, arbitrary: fc.record({ reopen: fc.constant(true as const) }) },
);

describe('any history', () => {
  it('shows every revision as it was, and replays from each to the present', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const log = new MemoryLog();
        let store = new Store(log);
        const states = new Map<number, Record<string, number>>([[store.revision, {}]]);
        const state: Record<string, number> = {};
        for (const s of steps) {
          if ('reopen' in s) store = new Store(log);
          else if ('remove' in s) {
            await drop(store, s.key);
            delete state[s.key];
          } else {
            await put(store, s.key, s.value);
            state[s.key] = s.value;
          }
          states.set(store.revision, { ...state });
        }
        const things = store.collection('things');
        for (const [rev, expected] of states) {
          const shown = Object.fromEntries([...things.at(rev)!.entries()].map(([k, e]) => [k, e.parse().value]));
          expect(shown).toEqual(expected);
          expect(replay(shown, things.history.after(rev))).toEqual(state);
        }
      }),
      { numRuns: 150 },
    );
  });
});

function replay(from: Record<string, number>, changes: Iterable<Change>): Record<string, number> {
  const state = { ...from };
  for (const { type, entry, previous } of changes) {
    expect(type === 'ADDED').toBe(previous === undefined);
    if (type === 'DELETED') delete state[entry.key];
    else state[entry.key] = entry.parse().value;
  }
  return state;
}

describe('a write to a patient collection', () => {
  /** Waits for company longer than any test runs. */
  const patientStore = (log: MemoryLog, patienceMs = 3_600_000) => {
    const store = new Store(log, { patienceMs });
    store.collection('things').patient = true;
    return store;
  };

  it('waits for others, and goes to disk with the first that does not wait', async () => {
    const log = new MemoryLog();
    const store = patientStore(log);
    const patient = [put(store, 'a', 1), put(store, 'b', 2)];
    const urgent = store.write(store.collection('others'), 'c', () => ({ object: draft(3) }));
    await Promise.all([...patient, urgent]);
    expect(log.batches).toEqual([3]);
  });

  it('goes by itself when nobody comes', async () => {
    const log = new MemoryLog();
    const store = patientStore(log, 1);
    await Promise.all([put(store, 'a', 1), put(store, 'b', 2)]);
    expect(log.batches).toEqual([2]);
  });

  it('is not lost when the store is closed meanwhile', async () => {
    const log = new MemoryLog();
    const store = patientStore(log);
    const patient = put(store, 'a', 1);
    await store.close();
    expect((await patient)?.type).toBe('ADDED');
  });
});

/** Keeps rows in memory, and fails when told. */
class MemoryLog implements Log {
  failing: Error | undefined;
  /** How many rows each commit brought. */
  readonly batches: number[] = [];
  #rows: LogRow[] = [];
  #compacted = new Map<string, number>();

  rows(): IterableIterator<LogRow> {
    return [...this.#rows].values();
  }

  compacted(): Map<string, number> {
    return new Map(this.#compacted);
  }

  async commit({ append, forget, compacted }: LogBatch): Promise<void> {
    if (this.failing) throw this.failing;
    this.batches.push(append.length);
    this.#rows = this.#rows.filter((row) => !forget.includes(row.rev)).concat(append);
    this.#compacted = new Map(compacted);
  }

  close(): void {}
}
