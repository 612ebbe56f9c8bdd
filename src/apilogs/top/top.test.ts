import { appendFileSync, copyFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day } from '../day.testing.ts';
import { event, ndjson } from '../event.testing.ts';
import { AuditQuery } from '../query/index.ts';
import { TestLogs } from '../store.testing.ts';
import { DIMENSIONS, LogTail, type Look, ORDERS, requestIn, storedFrame, Window } from './index.ts';

let logs: TestLogs;
beforeEach(() => {
  logs = new TestLogs();
});
afterEach(() => logs[Symbol.asyncDispose]());

const look: Look = { by: ['user'], order: 'requests', top: 20, windowMs: 3_600_000 };

function windowOf(all: readonly object[]): Window {
  const window = new Window();
  window.add(all.flatMap((one) => requestIn(JSON.stringify(one)) ?? []));
  return window;
}

describe('a look', () => {
  it('at a log shows what a look at the store shows of the same events', async () => {
    const all = day();
    await logs.import([logs.file('audit.log', ndjson(all))]);
    await using query = await AuditQuery.open(logs.dir);
    const looks: Look[] = [
      ...DIMENSIONS.map((one) => ({ ...look, by: [one] })),
      ...ORDERS.map((order) => ({ ...look, by: ['user', 'verb', 'resource'] as const, order })),
    ];
    for (const asked of looks) {
      const stored = await storedFrame(query, asked, Date.UTC(2026, 10, 27));
      expect(windowOf(all).frame(asked, stored.at)).toEqual(stored);
    }
  });

  it('counts the last so many seconds only, and says when the newest was', () => {
    const now = Date.UTC(2026, 10, 26, 10, 5);
    const at = (seconds: number) => new Date(now - seconds * 1000).toISOString();
    const window = windowOf([
      event(0, { at: at(90), latencyMs: 0 }),
      event(1, { at: at(59), latencyMs: 0, code: 429 }),
      event(2, { at: at(5), latencyMs: 2 }),
      event(3, { at: at(4), latencyMs: 0, verb: 'watch', code: 500 }),
      event(4, { at: at(3), stage: 'RequestReceived' }),
    ]);
    const minute = { ...look, windowMs: 60_000 };
    expect(window.frame(minute, now).total).toEqual({ requests: 3, errors: 2, throttled: 1, p50: 1000, p99: 1980 });
    expect(window.frame(minute, now + 600_000)).toMatchObject({ rows: [], newest: now - 4000 });
  });
});

describe('the end of a log', () => {
  const line = (n: number) => `{"n":${n}}\n`;

  it('is read as it grows, whole lines only, through rotation', async () => {
    const path = join(logs.base, 'audit.log');
    await using tail = new LogTail(path);
    expect(await tail.lines()).toEqual([]);
    writeFileSync(path, `${line(1)}${line(2).slice(0, 3)}`);
    expect(await tail.lines()).toEqual(['{"n":1}']);
    appendFileSync(path, line(2).slice(3));
    expect(await tail.lines()).toEqual(['{"n":2}']);
    appendFileSync(path, line(3));
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, line(4));
    writeFileSync(path, line(5));
    expect(await tail.lines()).toEqual(['{"n":3}', '{"n":4}', '{"n":5}']);
    copyFileSync(path, `${path}.2`);
    truncateSync(path);
    expect(await tail.lines()).toEqual([]);
    appendFileSync(path, line(6));
    expect(await tail.lines()).toEqual(['{"n":6}']);
  });

  it('of a large one begins near the end, with a whole line', async () => {
    const path = logs.file('audit.log', Array.from({ length: 1000 }, (_, n) => line(n)).join(''));
    await using tail = new LogTail(path, { backBytes: 25 });
    expect(await tail.lines()).toEqual(['{"n":998}', '{"n":999}']);
  });
});
