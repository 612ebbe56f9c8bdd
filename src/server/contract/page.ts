/** Shapes that many answers have. */
import { z } from 'zod';

/** Nobody changes what was answered. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.array(item).readonly();
}

export function itemsOf<T extends z.ZodType>(item: T) {
  return z.object({ items: listOf(item) });
}

/** `next` is what the page after it is asked for with, as `after`; it is missing at the end. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: listOf(item), next: z.string().optional() });
}

/** Milliseconds since 1970. */
export const MOMENT = z.number();

/** RFC 3339, as the live tables tell it. */
export const TIME = z.string();

/** Of an answer that comes in pieces as long as there is something to tell. */
export function streamOf(
  ...contentTypes: ('text/plain' | 'text/event-stream' | 'application/x-ndjson' | 'text/csv')[]
) {
  return {
    description: 'As it comes',
    content: Object.fromEntries(contentTypes.map((type) => [type, { schema: z.string() }])),
  };
}

/** Of an answer without a body. */
export const NOTHING = z.undefined().describe('Nothing: it is done');
