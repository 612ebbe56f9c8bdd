/** A list is read page by page, each by the key where the one before ended: page 1,000 costs what page 1 costs. */

export interface Page<T> {
  readonly items: readonly T[];
  /** What to ask the next page with; missing at the end. */
  readonly next?: string;
}

/** `read` is asked for one more than the page holds, to know whether more is there. */
export async function pageOf<T>(
  read: (count: number) => Promise<readonly T[]>,
  limit: number,
  keyOf: (item: T) => string,
): Promise<Page<T>> {
  const found = await read(limit + 1);
  if (found.length <= limit) return { items: found };
  const items = found.slice(0, limit);
  return { items, next: keyOf(items.at(-1)!) };
}
