/** Reads the events of a watch from its bytes: one JSON object a line. */

import type { KubeObject } from './object.ts';
import { failure, type Status, StatusError } from './status.ts';
import type { WatchEvent } from './watch-event.ts';

/** @throws StatusError at an ERROR event */
export function parseWatchEvent<T extends KubeObject>(line: Buffer): WatchEvent<T> {
  let event: { type: string; object: unknown };
  try {
    event = JSON.parse(line.toString('utf8')) as { type: string; object: unknown };
  } catch (cause) {
    throw new Error(`a watch sent a line that is not JSON: ${line.toString('utf8', 0, 80)}`, { cause });
  }
  if (event.type === 'ERROR') throw new StatusError(asStatus(event.object));
  return event as WatchEvent<T>;
}

function asStatus(object: unknown): Status {
  const status = object as Status | undefined;
  return status?.kind === 'Status' ? status : failure('InternalError', 'a watch failed without saying why').status;
}

/**
 * Cuts chunks at line ends, keeping an unfinished line until the rest of it comes. Empty lines are left out; a last line
 * that a broken connection cut off is never guessed at.
 */
export class LineSplitter {
  #rest: Buffer[] = [];

  *push(chunk: Uint8Array): Generator<Buffer> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = this.#joined(bytes.subarray(start, end));
      if (line.length > 0) yield line;
      start = end + 1;
    }
    if (start < bytes.length) this.#rest.push(bytes.subarray(start));
  }

  #joined(tail: Buffer): Buffer {
    if (this.#rest.length === 0) return tail;
    const line = Buffer.concat([...this.#rest, tail]);
    this.#rest = [];
    return line;
  }
}
