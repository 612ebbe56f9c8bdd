/**
 * How messages travel over a pipe: the length of what follows and the number of the request, four bytes each, then the
 * message in V8's own encoding, which is compact and knows bigint.
 */
import { deserialize, serialize } from 'node:v8';

const HEAD = 8;
/** More than any message needs; a length beyond it is no length. */
const MOST = 1 << 28;

export function encodeFrame(id: number, message: unknown): Buffer {
  return frameOf(id, serialize(message));
}

/** The same where the message has been encoded elsewhere, as in another thread. */
export function frameOf(id: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEAD + payload.byteLength);
  frame.writeUInt32LE(payload.byteLength + 4, 0);
  frame.writeUInt32LE(id, 4);
  frame.set(payload, HEAD);
  return frame;
}

export class FrameReader<T> {
  #chunks: Buffer[] = [];
  #size = 0;

  /** The messages that are complete now. */
  *push(chunk: Buffer): Generator<{ readonly id: number; readonly message: T }> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (let length = this.#next(); length !== undefined; length = this.#next()) {
      const frame = this.#take(4 + length);
      yield { id: frame.readUInt32LE(4), message: deserialize(frame.subarray(HEAD)) as T };
    }
  }

  /** The length of the next message if all of it is there. */
  #next(): number | undefined {
    if (this.#size < HEAD) return undefined;
    if (this.#chunks[0]!.length < 4) this.#chunks = [Buffer.concat(this.#chunks)];
    const length = this.#chunks[0]!.readUInt32LE(0);
    if (length < 4 || length > MOST) throw new Error(`a frame cannot be ${length} bytes long`);
    return this.#size >= 4 + length ? length : undefined;
  }

  #take(bytes: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const rest = all.subarray(bytes);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size -= bytes;
    return all.subarray(0, bytes);
  }
}
