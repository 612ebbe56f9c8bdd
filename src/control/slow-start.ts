/** Many like requests in growing batches: when the first is refused, hundreds of the same are not sent after it. */

export interface SlowStart {
  readonly done: number;
  /** Of the first request that failed. */
  readonly error?: unknown;
}

/** Batches of 1, 2, 4, … at most `limit` at once; stops after the first batch with a failure. */
export async function slowStart(
  count: number,
  run: (index: number) => Promise<void>,
  { initial = 1, limit = 64 }: { initial?: number; limit?: number } = {},
): Promise<SlowStart> {
  let done = 0;
  let started = 0;
  for (let batch = Math.min(initial, count); batch > 0; batch = Math.min(2 * batch, limit, count - started)) {
    const base = started;
    started += batch;
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => run(base + i)));
    done += results.filter((result) => result.status === 'fulfilled').length;
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) return { done, error: failed.reason };
  }
  return { done };
}
