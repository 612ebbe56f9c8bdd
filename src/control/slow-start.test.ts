import { describe, expect, it } from 'vitest';
import { slowStart } from './slow-start.ts';

describe('slowStart', () => {
  it('runs all in growing batches', async () => {
    const batches: number[] = [];
    let running = 0;
    const result = await slowStart(20, async () => {
      running++;
      await new Promise((resolve) => setImmediate(resolve));
      if (running > 0) batches.push(running);
      running = 0;
    });
    expect(result).toEqual({ done: 20 });
    expect(batches).toEqual([1, 2, 4, 8, 5]);
  });

  it('sends no more after a batch with a failure', async () => {
    const seen: number[] = [];
    const refusal = new Error('no');
    const result = await slowStart(100, async (index) => {
      seen.push(index);
      if (index === 2) throw refusal;
    });
    expect(result).toEqual({ done: 2, error: refusal });
    expect(seen).toEqual([0, 1, 2]);
  });

  it('does nothing for none', async () => {
    expect(await slowStart(0, () => Promise.reject(new Error('called')))).toEqual({ done: 0 });
  });
});
