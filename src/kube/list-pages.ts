/** Reads a collection page by page. */

import type { ObjectList } from './client.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { ListOptions } from './request-options.ts';
import { isStatus, type StatusError } from './status.ts';

const PAGE = 500;

type ListPage<T> = (o: ListOptions) => Promise<ObjectList<T>>;

/**
 * All objects of one snapshot. When the server forgets the snapshot half-way (410), it goes on after the last object
 * given, at the newest state: each object is still given at most once.
 */
export async function* listPages<T extends KubeObject>(list: ListPage<T>, o: ListOptions): AsyncGenerator<T[]> {
  let next: ListOptions = { ...o, limit: o.limit ?? PAGE };
  let last = '';
  for (;;) {
    const page: ObjectList<T> | StatusError = await list(next).catch((error: unknown) => expired(error, next));
    if (page instanceof Error) {
      next = afterExpiry(o, page);
      continue;
    }
    const items = next.continue === undefined ? page.items.filter((item) => keyOf(item) > last) : page.items;
    last = items.length > 0 ? keyOf(items[items.length - 1]!) : last;
    yield items;
    if (!page.metadata.continue) return;
    next = nextPage(next, page.metadata.continue);
  }
}

/** A continue token carries the snapshot with it: a resourceVersion beside it is refused. */
function nextPage(o: ListOptions, token: string): ListOptions {
  const { resourceVersion: _, resourceVersionMatch: __, ...rest } = o;
  return { ...rest, continue: token };
}

function expired(error: unknown, at: ListOptions): StatusError {
  if (at.continue !== undefined && isStatus(error, 'Expired', 'Gone')) return error;
  throw error;
}

function afterExpiry(o: ListOptions, error: StatusError): ListOptions {
  const token = error.status.metadata.continue;
  const { limit: _, ...whole } = o;
  return typeof token === 'string' && token ? nextPage({ ...o, limit: o.limit ?? PAGE }, token) : whole;
}
