/** Where lines come from: a file as it is or packed, or a pipe. */
import { createReadStream, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { JdosError } from '../../errors/index.ts';

export interface Source {
  /** What it is called in `file` and in messages. */
  readonly name: string;
  /** Bytes to read, packed as they are; undefined where nobody knows. */
  readonly size: number | undefined;
  readonly packed: boolean;
  /** Its text from a byte on; `consumed` counts packed bytes. */
  blocks(from: number): AsyncGenerator<Buffer>;
  readonly consumed: number;
}

const BLOCK = 4 << 20;

/** @throws JdosError JDOS_ERR_APILOGS_SOURCE */
export async function fileSource(path: string, name = path): Promise<Source> {
  try {
    const { size } = statSync(path);
    const packing = await packingOf(path);
    return packing ? new PackedFile(path, size, packing) : new PlainFile(path, size, name);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

class PlainFile implements Source {
  readonly packed = false;
  readonly name: string;
  readonly size: number;
  readonly #path: string;
  consumed = 0;

  constructor(path: string, size: number, name: string) {
    this.#path = path;
    this.name = name;
    this.size = size;
  }

  async *blocks(from: number): AsyncGenerator<Buffer> {
    const file = await open(this.#path).catch((cause: unknown) => {
      throw unreadable(this.name, cause);
    });
    try {
      this.consumed = from;
      yield* blocksOf(file, from, (bytes) => {
        this.consumed += bytes;
      });
    } finally {
      await file.close();
    }
  }
}

async function* blocksOf(file: FileHandle, from: number, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafeSlow(BLOCK);
  for (let at = from; ; ) {
    const { bytesRead } = await file.read(block, 0, BLOCK, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    count(bytesRead);
    yield block.subarray(0, bytesRead);
  }
}

type Packing = 'gzip' | 'zstd';

class PackedFile implements Source {
  readonly packed = true;
  readonly name: string;
  readonly size: number;
  readonly #packing: Packing;
  consumed = 0;

  constructor(name: string, size: number, packing: Packing) {
    this.name = name;
    this.size = size;
    this.#packing = packing;
  }

  async *blocks(from: number): AsyncGenerator<Buffer> {
    const file = createReadStream(this.name, { highWaterMark: 1 << 20 });
    file.on('data', (chunk) => {
      this.consumed += chunk.length;
    });
    const unpacked =
      this.#packing === 'gzip' ? createGunzip({ chunkSize: 1 << 20 }) : createZstdDecompress({ chunkSize: 1 << 20 });
    file.once('error', (error) => unpacked.destroy(error));
    file.pipe(unpacked);
    try {
      let at = 0;
      for await (const chunk of unpacked as AsyncIterable<Buffer>) {
        const skip = Math.min(chunk.length, Math.max(0, from - at));
        at += chunk.length;
        if (skip < chunk.length) yield chunk.subarray(skip);
      }
    } catch (cause) {
      throw unreadable(this.name, cause);
    } finally {
      file.destroy();
      unpacked.destroy();
    }
  }
}

/** A pipe: it cannot be asked again for what it has given. */
export class StreamSource implements Source {
  readonly packed = false;
  readonly size = undefined;
  readonly name: string;
  readonly #stream: AsyncIterable<Buffer>;
  consumed = 0;

  constructor(name: string, stream: AsyncIterable<Buffer>) {
    this.name = name;
    this.#stream = stream;
  }

  async *blocks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#stream) {
      this.consumed += chunk.length;
      yield chunk;
    }
  }
}

/** By its first bytes, whatever it is called. */
async function packingOf(path: string): Promise<Packing | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    return buffer.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined;
  } finally {
    await file.close();
  }
}

function unreadable(file: string, cause: unknown): JdosError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new JdosError('JDOS_ERR_APILOGS_SOURCE', { file, detail }, { cause });
}
