import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock, VirtualClock } from '../kube/index.ts';
import { listAudit, openRecords, type Records } from '../records/index.ts';
import { BatchBook } from './book.ts';
import { BatchDesk, type BatchWish } from './desk.ts';
import type { Target, Transport } from './target.ts';

const dir = mkdtempSync(join(tmpdir(), 'jdos-batch-'));
let records: Records;
beforeAll(async () => {
  records = await openRecords(dir);
});
afterAll(async () => {
  await records.close();
  rmSync(dir, { recursive: true, force: true });
});

const targets: Target[] = Array.from({ length: 40 }, (_, i) => ({
  name: `web-${i}`,
  kind: 'pod',
  namespace: 'shop',
  pod: `web-${i}`,
  host: `h${i % 4}`,
  labels: {},
}));
const answering = (rc: (name: string) => number): Transport => ({
  name: 'test',
  run: async ({ name }) => ({ rc: rc(name), stdout: Buffer.from(`I am ${name}`), stderr: Buffer.from('') }),
});

/** Resolves when the job has ended. */
async function through(desk: BatchDesk, wish: Partial<BatchWish> = {}): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = await desk.start({
    selector: '@shop/web',
    targets,
    command: 'hostname',
    actor: 'li.wei',
    transport: answering(() => 0),
    onEnd: resolve,
    ...wish,
  });
  await promise;
  return id;
}

test('a job keeps what every target said, and who asked for it is in the audit without secrets', async () => {
  await using desk = new BatchDesk({ records });
  const id = await through(desk, { command: 'curl -H "Authorization: Bearer abc123" x --token=abc123' });
  expect(await desk.get(id)).toMatchObject({ state: 'ended', actor: 'li.wei', targets: 40 });
  expect(await desk.book.counts(id)).toEqual({ ok: 40, failed: 0, unreachable: 0, skipped: 0 });
  const first = await desk.book.results(id, { limit: 30 });
  const second = await desk.book.results(id, { limit: 30, after: first.next! });
  expect([...first.items, ...second.items].map(({ stdout }) => stdout)).toContain('I am web-17');
  expect(first.items.length + second.items.length).toBe(40);
  const audit = await listAudit(records, { object: `batch/${id}` });
  expect(audit.items.map(({ action }) => action)).toEqual(['batch.end', 'batch.start']);
  expect(JSON.stringify([audit, await desk.get(id)])).not.toContain('abc123');
});

test('F6 failures beyond the limit in an early stage stop it, and the rest is untouched', async () => {
  await using desk = new BatchDesk({ records });
  const id = await through(desk, { transport: answering(() => 3), mostFailures: 1 });
  const counts = await desk.book.counts(id);
  expect(counts.failed).toBeLessThan(10);
  expect(counts.skipped + counts.failed).toBe(40);
  expect((await desk.get(id))?.stopped).toMatch(/went wrong, more than 1/);
});

test('F8 a cancelled job lets what runs end, skips the rest, and its counts are exact', async () => {
  await using desk = new BatchDesk({ records });
  const { promise: open, resolve: release } = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const transport: Transport = {
    name: 'slow',
    run: async () => {
      begun.resolve();
      await open;
      return { rc: 0, stdout: Buffer.from(''), stderr: Buffer.from('') };
    },
  };
  const ended = Promise.withResolvers<void>();
  const wish = { selector: 'all', targets, command: 'x', actor: 'li.wei', transport, stages: [1], concurrency: 8 };
  const id = await desk.start({ ...wish, onEnd: ended.resolve });
  await begun.promise;
  await desk.say(id, 'cancel', 'zhao');
  release();
  await ended.promise;
  expect(await desk.book.counts(id)).toEqual({ ok: 8, failed: 0, unreachable: 0, skipped: 32 });
  expect((await desk.get(id))?.stopped).toBe('cancelled by zhao');
  await expect(desk.say(id, 'pause', 'zhao')).rejects.toThrow(/under way/);
});

test('a command that may end machines, and one that would meet nobody, are not begun', async () => {
  await using desk = new BatchDesk({ records });
  expect(
    desk.preview({ selector: 'all', targets, command: 'reboot', actor: 'a', transport: answering(() => 0) }),
  ).toMatchObject({ danger: 'ends the machine' });
  await expect(through(desk, { command: 'reboot' })).rejects.toThrow(/ends the machine/);
  await expect(through(desk, { targets: [] })).rejects.toThrow(/found none/);
  const id = await through(desk, { command: 'reboot', allowDangerous: true });
  const audit = await listAudit(records, { object: `batch/${id}` });
  expect(audit.items.at(-1)?.detail).toMatchObject({ danger: 'ends the machine' });
});

test('a job whose process is gone is lost, and is not begun again', async () => {
  const clock = new VirtualClock(systemClock.now());
  const book = new BatchBook(records, () => clock.now());
  await book.add({ id: 'b1', actor: 'a', selector: 'all', command: 'x', targets: 1 }, {});
  expect((await book.get('b1'))?.state).toBe('running');
  await clock.advance(31_000);
  expect((await book.get('b1'))?.state).toBe('lost');
});
