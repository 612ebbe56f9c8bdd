import { expect, test } from 'vitest';
import { failure, isStatus, VirtualClock } from '../kube/index.ts';
import { Courier } from './courier.ts';

test('no more than so many are on their way, and one key never twice at once', async () => {
  const clock = new VirtualClock();
  const underway = new Set<string>();
  const done: string[] = [];
  let most = 0;
  const deliver = async (key: string) => {
    expect(underway.has(key)).toBe(false);
    underway.add(key);
    most = Math.max(most, underway.size);
    await new Promise<void>((resolve) => clock.after(10, resolve));
    underway.delete(key);
    done.push(key);
  };
  const courier = new Courier({ clock, concurrency: 2, deliver });
  for (const key of ['a', 'b', 'a', 'c', 'd']) courier.mark(key);
  await clock.advance(5);
  courier.mark('a');
  await clock.advance(100);
  expect(done).toEqual(['a', 'b', 'a', 'c', 'd']);
  expect(most).toBe(2);
  expect(courier.size).toBe(0);
});

test('what failed is tried again, later and later, and not before the server allows', async () => {
  const clock = new VirtualClock(0);
  const tries: number[] = [];
  const deliver = async () => {
    tries.push(clock.now());
    if (tries.length === 3) throw failure('TooManyRequests', 'wait', { retryAfterSeconds: 3 });
    if (tries.length < 5) throw new Error('connection lost');
  };
  const courier = new Courier({ clock, concurrency: 2, deliver });
  courier.mark('a');
  await clock.advance(60_000);
  expect(tries).toEqual([0, 100, 300, 3300, 4100]);
});

test('a final refusal is not tried again', async () => {
  const clock = new VirtualClock();
  let tries = 0;
  const deliver = async () => {
    tries++;
    throw failure('NotFound', 'gone');
  };
  const courier = new Courier({ clock, concurrency: 1, deliver, gaveUp: (error) => isStatus(error, 'NotFound') });
  courier.mark('a');
  await clock.advance(60_000);
  expect(tries).toBe(1);
  expect(courier.isBusy('a')).toBe(false);
});

test('close waits for what is on its way and takes no more', async () => {
  const clock = new VirtualClock();
  let arrived = 0;
  const deliver = async () => {
    await new Promise<void>((resolve) => clock.after(10, resolve));
    arrived++;
  };
  const courier = new Courier({ clock, concurrency: 1, deliver });
  courier.mark('a');
  courier.mark('b');
  const closed = courier.close();
  courier.mark('c');
  await clock.advance(100);
  await closed;
  expect(arrived).toBe(1);
});
