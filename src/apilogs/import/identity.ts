/**
 * Which text a source holds. Logs are renamed, copied and packed; their first line, which has a number of its own in it,
 * stays the same. What was read of a text before is read on from there, if it still has the same bytes before that place.
 */
import { createHash } from 'node:crypto';
import type { Source } from '../source/source.ts';
import type { Ledger, Mark } from '../store/index.ts';

const LOOKED_AT = 4096;

export interface Start {
  readonly mark: Omit<Mark, 'packed'>;
  /** All of it has been read before. */
  readonly done: boolean;
}

/** Where to begin. Undefined where there is nothing to be told apart by yet. */
export async function startOf(source: Source, ledger: Ledger): Promise<Start | undefined> {
  const head = await headOf(source);
  if (head.length === 0) return undefined;
  const id = createHash('sha256').update(head).digest('hex').slice(0, 32);
  return (await resumed(source, ledger.mark(id))) ?? (await other(source, ledger, id));
}

/** A text that begins like one that was read, and is another: told apart by its path. */
async function other(source: Source, ledger: Ledger, id: string): Promise<Start> {
  if (!ledger.mark(id)) return fresh(id, source);
  const own = createHash('sha256').update(id).update(source.name).digest('hex').slice(0, 32);
  return (await resumed(source, ledger.mark(own))) ?? fresh(own, source);
}

function fresh(id: string, { name }: Source): Start {
  return { mark: { id, path: name, offset: 0, line: 0, tail: new Uint8Array() }, done: false };
}

async function resumed(source: Source, mark: Mark | undefined): Promise<Start | undefined> {
  if (!mark) return undefined;
  if (mark.packed > 0 && source.packed && mark.packed === source.size) return { mark, done: true };
  if (!source.packed && mark.offset > (source.size ?? 0)) return undefined;
  const before = await first(source, mark.offset - mark.tail.length, mark.tail.length);
  if (!before.equals(mark.tail)) return undefined;
  return { mark, done: !source.packed && mark.offset === source.size };
}

/** The first line's beginning, behind a hole that a truncation left. */
async function headOf(source: Source): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const block of source.blocks(0)) {
    const begin = head.length > 0 ? 0 : block.findIndex((byte) => byte !== 0);
    if (begin < 0) continue;
    head = Buffer.concat([head, block.subarray(begin, begin + LOOKED_AT)]);
    const end = head.indexOf(10);
    if (end >= 0) return head.subarray(0, Math.min(end, LOOKED_AT));
    if (head.length >= LOOKED_AT) break;
  }
  return head.length >= LOOKED_AT ? head.subarray(0, LOOKED_AT) : Buffer.alloc(0);
}

async function first(source: Source, from: number, size: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  if (size > 0)
    for await (const block of source.blocks(from)) {
      parts.push(Buffer.from(block.subarray(0, size - length)));
      length += Math.min(block.length, size - length);
      if (length >= size) break;
    }
  return Buffer.concat(parts);
}
