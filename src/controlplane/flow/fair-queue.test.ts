import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair-queue.ts';

/** Work that ends when told, and a record of who began in which order. */
function rig(options: { seats: number; perUser?: number }) {
  const queue = new FairQueue(options);
  const order: string[] = [];
  const finish: (() => void)[] = [];
  const run = (user: string) =>
    queue.run(user, () => {
      order.push(user);
      return new Promise<void>((resolve) => finish.push(resolve));
    });
  const finishOne = async () => {
    finish.shift()!();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, order, run, finishOne };
}

describe('the fair queue', () => {
  it('runs at once while there are seats', () => {
    const { order, run } = rig({ seats: 2 });
    void run('a');
    void run('a');
    void run('a');
    expect(order).toEqual(['a', 'a']);
  });

  it('lets users take turns, however many requests one of them has waiting', async () => {
    const { order, run, finishOne } = rig({ seats: 1 });
    for (let i = 0; i < 4; i++) void run('greedy');
    void run('b');
    void run('c');
    for (let i = 0; i < 5; i++) await finishOne();
    expect(order).toEqual(['greedy', 'greedy', 'b', 'c', 'greedy', 'greedy']);
  });

  it('sends away only the user whose own queue is full, and says when to come back', async () => {
    const { queue, run } = rig({ seats: 1, perUser: 2 });
    void run('a');
    void run('a');
    void run('a');
    await expect(run('a')).rejects.toMatchObject({ code: 429, status: { details: { retryAfterSeconds: 1 } } });
    void run('b');
    expect(queue.waiting).toBe(3);
    expect(queue.rejected).toBe(1);
  });

  it('frees the seat of work that fails', async () => {
    const { queue, order, run } = rig({ seats: 1 });
    await expect(queue.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    void run('b');
    expect(order).toEqual(['b']);
  });
});
