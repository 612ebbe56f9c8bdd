import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './clock.ts';
import { Controller, type ControllerOptions } from './controller.ts';

function running(options: Partial<ControllerOptions> & Pick<ControllerOptions, 'reconcile'>) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const controller = new Controller({ name: 'test', clock, ...options });
  return { clock, stop, controller, ended: controller.start(stop.signal) };
}

describe('a controller', () => {
  it('reconciles each key that is enqueued, also before the start', async () => {
    const seen: string[] = [];
    const clock = new VirtualClock();
    const controller = new Controller({ name: 'test', clock, reconcile: async (key) => void seen.push(key) });
    controller.enqueue('early');
    void controller.start(new AbortController().signal);
    controller.enqueue('late');
    controller.enqueue('later', 1000);
    await clock.advance(999);
    expect(seen).toEqual(['early', 'late']);
    await clock.advance(1);
    expect(seen).toEqual(['early', 'late', 'later']);
  });

  it('takes a key that somebody waits for before all that wait already', async () => {
    const seen: string[] = [];
    const clock = new VirtualClock();
    const controller = new Controller({ name: 'test', clock, reconcile: async (key) => void seen.push(key) });
    for (const key of ['a', 'b', 'c']) controller.enqueue(key);
    controller.enqueueUrgent('c');
    void controller.start(new AbortController().signal);
    await clock.advance(0);
    expect(seen).toEqual(['c', 'a', 'b']);
  });

  it('tries again after an error, later and later, and forgets the errors after a success', async () => {
    const at: number[] = [];
    const told: number[] = [];
    let fail = true;
    const { clock, controller } = running({
      reconcile: async () => {
        at.push(clock.now());
        if (fail) throw new Error('not yet');
      },
      onError: (_error, _key, attempt) => told.push(attempt),
    });
    controller.enqueue('a');
    await clock.advance(5 + 10 + 20);
    fail = false;
    await clock.advance(40);
    expect(at.map((time) => time - at[0]!)).toEqual([0, 5, 15, 35, 75]);
    expect(told).toEqual([1, 2, 3, 4]);
    fail = true;
    controller.enqueue('a');
    await clock.advance(5);
    expect(told.slice(4)).toEqual([1, 2]);
  });

  it('survives a reconcile that throws before it returns a promise, and an error handler that throws', async () => {
    const seen: string[] = [];
    const { clock, controller } = running({
      reconcile: (key) => {
        seen.push(key);
        throw new Error('at once');
      },
      onError: () => {
        throw new Error('me too');
      },
    });
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.advance(0);
    expect(seen).toEqual(['a', 'b']);
  });

  it('looks again after the time that a reconcile asks for, without counting it as a failure', async () => {
    let times = 0;
    const { clock, controller } = running({
      reconcile: async () => (++times < 3 ? { requeueAfterMs: 10_000 } : undefined),
    });
    controller.enqueue('a');
    await clock.advance(9_999);
    expect(times).toBe(1);
    await clock.advance(60_000);
    expect(times).toBe(3);
  });

  it('works on several keys at once, and never twice on one', async () => {
    const working = new Map<string, number>();
    let most = 0;
    const { clock, controller } = running({
      concurrency: 3,
      reconcile: async (key) => {
        working.set(key, (working.get(key) ?? 0) + 1);
        expect(working.get(key)).toBe(1);
        most = Math.max(most, [...working.values()].filter((n) => n > 0).length);
        await new Promise<void>((resolve) => void clock.after(100, resolve));
        working.set(key, 0);
      },
    });
    for (const key of ['a', 'b', 'c', 'd', 'a', 'b']) controller.enqueue(key);
    await clock.advance(10);
    for (const key of ['a', 'b']) controller.enqueue(key);
    await clock.advance(1000);
    expect(most).toBe(3);
  });

  it('ends when the last reconcile has ended, whose signal tells it to', async () => {
    const release = Promise.withResolvers<void>();
    let told = false;
    const { clock, controller, stop, ended } = running({
      reconcile: async (_, signal) => {
        signal.addEventListener('abort', () => (told = true));
        await release.promise;
      },
    });
    controller.enqueue('a');
    controller.enqueue('b');
    await clock.advance(0);
    stop.abort();
    let over = false;
    void ended.then(() => (over = true));
    await clock.advance(0);
    expect([told, over]).toEqual([true, false]);
    release.resolve();
    await ended;
  });

  it('cannot be started twice', async () => {
    const { controller, stop } = running({ reconcile: async () => {} });
    await expect(controller.start(stop.signal)).rejects.toThrow('started before');
  });

  it('lets others run between reconciles that never wait', async () => {
    let count = 0;
    let seen = -1;
    const { controller, stop, ended } = running({ reconcile: async () => void count++ });
    for (let i = 0; i < 1000; i++) controller.enqueue(`k${i}`);
    setImmediate(() => {
      seen = count;
      stop.abort();
    });
    await ended;
    expect(seen).toBeLessThan(1000);
  });

  it('counts into the registry it was given, beside other controllers', async () => {
    const metrics = new Registry();
    const fine = running({ name: 'fine', metrics, reconcile: async () => {} });
    const bad = running({
      name: 'bad',
      metrics,
      reconcile: async () => {
        throw new Error('no');
      },
    });
    fine.controller.enqueue('a');
    bad.controller.enqueue('b');
    await fine.clock.advance(0);
    await bad.clock.advance(6);
    while (!(await metrics.metrics()).includes('{controller="bad",result="error"}')) await bad.clock.advance(0);
    const text = await metrics.metrics();
    expect(text).toContain('controller_runtime_reconcile_total{controller="fine",result="success"} 1');
    expect(text).toMatch(/workqueue_retries_total\{name="bad"\} \d/);
    expect(text).toContain('workqueue_depth{name="fine"} 0');
  });
});
