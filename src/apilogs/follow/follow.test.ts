import { appendFileSync, copyFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { events, ndjson } from '../event.testing.ts';
import { Rounds } from '../rounds.testing.ts';
import { TestLogs } from '../store.testing.ts';
import { type FollowEvent, type FollowOptions, follow } from './follow.ts';

/** A log that is followed while the test writes to it. */
class FollowedLog implements AsyncDisposable {
  readonly logs = new TestLogs();
  readonly log = join(this.logs.base, 'audit.log');
  readonly told: FollowEvent[] = [];
  readonly rounds = new Rounds();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #written = 0;

  constructor(options: Partial<FollowOptions> = {}) {
    const own = { dir: this.logs.dir, paths: [this.log], clock: this.rounds, signal: this.#stop.signal };
    this.#done = follow({ ...own, onEvent: (event) => this.told.push(event), ...options });
    this.rounds.end(this.#done);
  }

  /** As the API server appends. */
  write(count: number, to = this.log): Buffer {
    const text = ndjson(events(count, {}, this.#written));
    this.#written += count;
    appendFileSync(to, text);
    return text;
  }

  /** Everything that was written is there, once. */
  async check(): Promise<void> {
    await this.rounds.next();
    expect(await this.logs.ids()).toEqual(events(this.#written).map(({ auditID }) => auditID));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
    await this.logs[Symbol.asyncDispose]();
  }
}

const ROTATIONS = {
  nothing: () => undefined,
  /** kube-apiserver, and logrotate by default. */
  rename: (log: string, n: number) => renameSync(log, log.replace('.log', `-2026-11-26T10-00-0${n}.log`)),
  numbered: (log: string, n: number) => renameSync(log, `${log}.${n}`),
  /** The writer goes on at the beginning. */
  copytruncate: (log: string, n: number) => {
    copyFileSync(log, `${log}.${n}`);
    truncateSync(log, 0);
  },
  packed: (log: string, n: number, text: Buffer) => {
    writeFileSync(`${log}.${n}.gz`, gzipSync(text));
    rmSync(log);
  },
};
type Rotation = keyof typeof ROTATIONS;

it('57 takes each event once through rotation by rename, by copy and truncation, and packing, whenever it looks', async () => {
  const step = fc.record({
    lines: fc.integer({ min: 1, max: 8 }),
    rotation: fc.constantFrom(...(Object.keys(ROTATIONS) as Rotation[])),
    look: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
      await using followed = new FollowedLog();
      let text = Buffer.alloc(0);
      for (const [n, { lines, rotation, look }] of steps.entries()) {
        text = Buffer.concat([text, followed.write(lines)]);
        if (look) await followed.rounds.next();
        ROTATIONS[rotation](followed.log, n, text);
        if (rotation !== 'nothing') text = Buffer.alloc(0);
      }
      await followed.check();
    }),
    { numRuns: 6 },
  );
});

it('57 skips the hole that a writer leaves which goes on where it was after the truncation', async () => {
  await using followed = new FollowedLog();
  const before = followed.write(20);
  await followed.rounds.next();
  copyFileSync(followed.log, `${followed.log}.1`);
  const after = ndjson(events(7, {}, 20));
  writeFileSync(followed.log, Buffer.concat([Buffer.alloc(before.length), after]));
  await followed.rounds.next();
  expect(await followed.logs.ids()).toEqual(events(27).map(({ auditID }) => auditID));
  expect(followed.logs.rejects()).toEqual([]);
});

it('waits for a log that is not there yet, and for the rest of a line', async () => {
  await using followed = new FollowedLog();
  await followed.rounds.next();
  const text = ndjson(events(3));
  writeFileSync(followed.log, text.subarray(0, -40));
  await followed.rounds.next();
  expect(await followed.logs.ids()).toHaveLength(2);
  writeFileSync(followed.log, text);
  await followed.rounds.next();
  expect(await followed.logs.ids()).toHaveLength(3);
  expect(followed.logs.rejects()).toEqual([]);
});

it('tells of what cannot be read, and takes the rest', async () => {
  await using followed = new FollowedLog();
  writeFileSync(`${followed.log}.1.gz`, gzipSync(ndjson(events(50, {}, 100))).subarray(0, 200));
  followed.write(4);
  await followed.rounds.next();
  expect(followed.told).toContainEqual({
    kind: 'trouble',
    error: expect.objectContaining({ code: 'JDOS_ERR_APILOGS_SOURCE' }),
  });
  expect(await followed.logs.rows("SELECT count(*) FROM events WHERE file LIKE '%audit.log'")).toEqual([[4n]]);
});

it('65 a full disk pauses it with an alarm, told once, and it goes on by itself with nothing lost', async () => {
  let free = 2 ** 40;
  await using followed = new FollowedLog({ free: () => free });
  followed.write(10);
  await followed.rounds.next();
  free = 1000;
  followed.write(10);
  await followed.rounds.next();
  await followed.rounds.next();
  const alarms = followed.told.filter(({ kind }) => kind === 'paused');
  expect(alarms).toMatchObject([{ error: { code: 'JDOS_ERR_APILOGS_DISK_FULL' } }]);
  expect(await followed.logs.ids()).toHaveLength(10);
  renameSync(followed.log, `${followed.log}.1`);
  followed.write(5);
  free = 2 ** 40;
  await followed.check();
  expect(followed.told.map(({ kind }) => kind)).toEqual(['taken', 'paused', 'taken', 'resumed']);
});

it('65 keeps few files and only so many hours, as it goes', async () => {
  const now = () => Date.UTC(2026, 10, 28);
  await using followed = new FollowedLog({ now, tidy: { atLeast: 4, keep: { ms: 60_000 } } });
  for (let n = 0; n < 12; n++) {
    followed.write(3);
    await followed.rounds.next();
  }
  const files = () =>
    readdirSync(join(followed.logs.dir, 'events'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.parquet'));
  expect(files().length).toBeLessThan(8);
  const late = events(1, { at: '2026-11-27T23:30:00Z' }, 900);
  appendFileSync(followed.log, ndjson(late));
  await followed.rounds.next();
  await followed.rounds.next();
  expect(await followed.logs.ids()).toEqual(late.map(({ auditID }) => auditID));
});
