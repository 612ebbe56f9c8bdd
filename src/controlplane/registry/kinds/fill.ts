/** The step of all defaulting: set what was left out. */
import type { Json } from '../definition.ts';

/** Sets `object[field]` where nothing is there yet, and answers what is there then; empty texts count as nothing, as they do on the wire. */
export function fill(object: Json, field: string, value: Json): Json {
  if (object[field] === undefined || object[field] === null || object[field] === '') object[field] = value;
  return object[field];
}

/** As {@link fill} for numbers whose zero means "not set". */
export function fillNumber(object: Json, field: string, value: number): void {
  if (!object[field]) object[field] = value;
}
