/** Why a line is no event, in words, and what of it is kept. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** Bytes of a rejected line that are kept. */
export const SAMPLE = 4096;

const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'];

export function reasonOf(line: Buffer): string {
  if (!isUtf8(line)) return 'not UTF-8';
  try {
    return faultOf(JSON.parse(line.toString()) as Record<string, unknown>);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message.replace(/"[\s\S]*"/, '').slice(0, 120) : 'unreadable'}`;
  }
}

function faultOf(event: Record<string, unknown>): string {
  const { kind, apiVersion, auditID, stage } = event;
  if (kind !== 'Event' || apiVersion !== 'audit.k8s.io/v1')
    return `expected Event of audit.k8s.io/v1, found ${shown(kind)} of ${shown(apiVersion)}`;
  if (typeof auditID !== 'string' || auditID === '') return `auditID: expected text, found ${shown(auditID)}`;
  if (!STAGES.includes(String(stage))) return `stage: expected one of ${STAGES.join(', ')}, found ${shown(stage)}`;
  return `stageTimestamp: expected a time, found ${shown(event.stageTimestamp)}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}

/** Control characters would move a terminal's cursor. */
export function textOf(line: Buffer): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return line.toString().replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '\ufffd');
}

export interface Line {
  readonly row: number;
  /** Its first byte in the file. */
  readonly at: number;
  readonly text: Buffer;
}

/** Some lines of a file, by their numbers from 0, in rising order. */
export async function* linesAt(path: string, rows: readonly number[]): AsyncGenerator<Line> {
  const wanted = new Set(rows);
  const last = rows.at(-1) ?? -1;
  let [row, at, held] = [0, 0, [] as Buffer[]];
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (let start = 0; start < block.length; ) {
      const end = block.indexOf(10, start);
      if (end < 0) {
        held.push(block.subarray(start));
        break;
      }
      const parts = [...held, block.subarray(start, end)];
      const size = parts.reduce((sum, part) => sum + part.length, 1);
      if (wanted.has(row)) yield { row, at, text: Buffer.concat(parts) };
      [row, at, held, start] = [row + 1, at + size, [], end + 1];
      if (row > last) return;
    }
  }
}
