import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock, VirtualClock } from '../kube/index.ts';
import { newPlace } from '../records/fixture.ts';
import { listAudit, openRecords, type Records } from '../records/index.ts';
import { BatchDesk, type BatchWish } from './desk.ts';
import type { RunResult, Target, Transport } from './target.ts';

let records: Records;
beforeAll(async () => {
  records = await openRecords(newPlace());
});
afterAll(async () => {
  await records.close();
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
    command: ['hostname'],
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
  const id = await through(desk, { command: ['curl -H "Authorization: Bearer abc123" x --token=abc123'] });
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
  const wish = { selector: 'all', targets, command: ['x'], actor: 'li.wei', transport, stages: [1], concurrency: 8 };
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
    desk.preview({ selector: 'all', targets, command: ['reboot'], actor: 'a', transport: answering(() => 0) }),
  ).toMatchObject({ danger: 'ends the machine' });
  await expect(through(desk, { command: ['reboot'] })).rejects.toThrow(/ends the machine/);
  await expect(through(desk, { targets: [] })).rejects.toThrow(/found none/);
  const id = await through(desk, { command: ['reboot'], allowDangerous: true });
  const audit = await listAudit(records, { object: `batch/${id}` });
  expect(audit.items.at(-1)?.detail).toMatchObject({ danger: 'ends the machine' });
});

/** Answers when it is told to, and counts how often each target was asked. */
class SlowTransport implements Transport {
  readonly name = 'slow';
  readonly asked = new Map<string, number>();
  readonly #open = new Map<string, () => void>();
  #onAsked = (): void => {};

  run({ name }: Target, { signal }: { readonly signal: AbortSignal }) {
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1);
    this.#onAsked();
    return new Promise<RunResult>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#open.set(name, () => resolve({ rc: 0, stdout: Buffer.from(''), stderr: Buffer.from('') }));
    });
  }

  /** Resolves when so many have been asked. */
  async until(many: number): Promise<void> {
    while (this.asked.size < many)
      await new Promise<void>((resolve) => {
        this.#onAsked = resolve;
      });
  }

  answer(name: string): void {
    this.#open.get(name)?.();
    this.#open.delete(name);
  }

  answerAll(): void {
    for (const name of [...this.#open.keys()]) this.answer(name);
  }
}

/** Two processes on one cluster, of which the first carries a job out, eight targets at a time. */
async function twoProcesses() {
  const clock = new VirtualClock(systemClock.now());
  const [first, second] = [new BatchDesk({ records, clock }), new BatchDesk({ records, clock })];
  const [slow, rest] = [new SlowTransport(), new SlowTransport()];
  const limits = { stages: [1], concurrency: 8 };
  const id = await first.start({
    selector: '@shop/web',
    targets,
    command: ['hostname'],
    actor: 'li.wei',
    transport: slow,
    ...limits,
  });
  await slow.until(8);
  return { clock, first, second, slow, rest, id };
}

/** Lets the time pass in which a process writes, and looks at what people want. */
async function until(clock: VirtualClock, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await clock.advance(500);
}

test('a job is paused, let go on and cancelled by another process than the one that carries it out', async () => {
  const { clock, first, second, slow, id } = await twoProcesses();
  await second.say(id, 'pause', 'zhao');
  expect((await first.get(id))?.state).toBe('paused');
  await clock.advance(500);
  slow.answerAll();
  await until(clock, async () => (await second.book.counts(id)).ok === 8);
  expect(slow.asked.size).toBe(8);
  expect(await second.resume(id, { actor: 'zhao', transport: answering(() => 0) })).toBe('elsewhere');
  await Promise.all([slow.until(16), until(clock, async () => slow.asked.size === 16)]);
  await second.say(id, 'cancel', 'zhao');
  await clock.advance(500);
  slow.answerAll();
  await first.ended(id);
  expect(await second.book.counts(id)).toEqual({ ok: 16, failed: 0, unreachable: 0, skipped: 24 });
  expect(await second.get(id)).toMatchObject({ state: 'ended', stopped: 'cancelled by zhao' });
  const audit = await listAudit(records, { object: `batch/${id}` });
  expect(audit.items.map(({ action, actor }) => `${action} ${actor}`).reverse()).toEqual([
    'batch.start li.wei',
    'batch.pause zhao',
    'batch.resume zhao',
    'batch.cancel zhao',
    'batch.end jdos',
  ]);
});

test('a job whose process is gone is lost, and gone on with elsewhere; nothing that had begun is begun again', async () => {
  const { clock, second, slow, rest, id } = await twoProcesses();
  slow.answer('web-0');
  await until(clock, async () => (await second.book.counts(id)).ok === 1);
  await slow.until(9);
  const begun = new Set(slow.asked.keys());
  // Its clock stands still from here on, as that of a process which was killed.
  const later = new VirtualClock(clock.now() + 31_000);
  await using third = new BatchDesk({ records, clock: later });
  expect((await third.get(id))?.state).toBe('lost');
  await expect(third.say(id, 'pause', 'zhao')).rejects.toThrow(/under way/);
  expect(await third.resume(id, { actor: 'zhao', transport: rest })).toBe('here');
  expect((await third.get(id))?.state).toBe('running');
  while (rest.asked.size < 40 - begun.size) {
    await rest.until(Math.min(rest.asked.size + 1, 40 - begun.size));
    rest.answerAll();
  }
  rest.answerAll();
  await third.ended(id);
  for (const name of begun) expect(rest.asked.has(name), name).toBe(false);
  expect(new Set([...slow.asked.values(), ...rest.asked.values()])).toEqual(new Set([1]));
  expect(await third.book.counts(id)).toEqual({
    ok: 1 + 40 - begun.size,
    failed: 0,
    unreachable: begun.size - 1,
    skipped: 0,
  });
  const { items } = await third.book.results(id, { kind: 'unreachable' });
  expect(items[0]?.message).toContain('whether it has run here, and how it ended, is not known');
  expect((await third.get(id))?.state).toBe('ended');
  // The first one wakes up, and finds that the job is none of its any more.
  await clock.advance(1_000);
  expect([...slow.asked.keys()]).toEqual([...begun]);
});

test('a process that is stopped lets go of its jobs, and others may go on at once', async () => {
  const { first, second, id } = await twoProcesses();
  await first[Symbol.asyncDispose]();
  expect((await second.get(id))?.state).toBe('lost');
  expect(await second.resume(id, { actor: 'zhao', transport: answering(() => 0) })).toBe('here');
  await second.ended(id);
  expect(await second.book.counts(id)).toEqual({ ok: 32, failed: 0, unreachable: 8, skipped: 0 });
});

test('a job that is lost can be cancelled for good', async () => {
  const { first, second, id } = await twoProcesses();
  await first[Symbol.asyncDispose]();
  await second.say(id, 'cancel', 'zhao');
  expect(await second.get(id)).toMatchObject({ state: 'ended', stopped: 'cancelled by zhao' });
  expect(await second.book.counts(id)).toEqual({ ok: 0, failed: 0, unreachable: 8, skipped: 32 });
  await expect(second.resume(id, { actor: 'zhao', transport: answering(() => 0) })).rejects.toThrow(/under way/);
});

test('what went wrong before a process died counts afterwards, and that it died does not', async () => {
  const clock = new VirtualClock(systemClock.now());
  const first = new BatchDesk({ records, clock });
  const slow = new SlowTransport();
  const run: Transport['run'] = (target, request) =>
    target.name < 'web-2' ? answering(() => 1).run(target, request) : slow.run(target, request);
  const limits = { stages: [1], concurrency: 1, mostFailures: 3 };
  const wish = { selector: 'all', targets: targets.slice(0, 10), command: ['x'], actor: 'a', ...limits };
  const id = await first.start({ ...wish, transport: { name: 'failing', run } });
  await slow.until(1);
  await first[Symbol.asyncDispose]();
  await using second = new BatchDesk({ records, clock });
  await second.resume(id, { actor: 'a', transport: answering(() => 1) });
  await second.ended(id);
  expect(await second.book.counts(id)).toEqual({ ok: 0, failed: 4, unreachable: 1, skipped: 5 });
  expect((await second.get(id))?.stopped).toContain('more than 3');
});

test('a command with secrets in it is not kept: whoever goes on with the job gives it again', async () => {
  const clock = new VirtualClock(systemClock.now());
  const command = ['login --token=abc123'];
  const first = new BatchDesk({ records, clock });
  const slow = new SlowTransport();
  const id = await first.start({ selector: 'all', targets, command, actor: 'a', transport: slow });
  await slow.until(1);
  await first[Symbol.asyncDispose]();
  const rows = await records.db.selectFrom('batch_job').selectAll().where('id', '=', id).execute();
  expect(JSON.stringify(rows)).not.toContain('abc123');
  await using second = new BatchDesk({ records, clock });
  const wish = { actor: 'a', transport: answering(() => 0) };
  await expect(second.resume(id, wish)).rejects.toThrow('the same command again');
  await expect(second.resume(id, { ...wish, command: ['rm -rf /'] })).rejects.toThrow('the same command again');
  expect(await second.resume(id, { ...wish, command })).toBe('here');
  await second.ended(id);
  expect(await second.book.counts(id)).toMatchObject({ ok: 39, unreachable: 1 });
});
