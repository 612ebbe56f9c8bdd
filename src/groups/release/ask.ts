/** One GET for a check: no redirects, no more of the answer than a check can need. */
import { Agent, request } from 'undici';
import type { AddressGuard, Lookup } from './address-guard.ts';

const MOST_BYTES = 1 << 20;

export interface Reply {
  readonly status: number;
  readonly body: string;
}

export type Ask = (url: string, signal: AbortSignal) => Promise<Reply>;

export function askThrough(guard: AddressGuard, resolve?: Lookup): { ask: Ask; close: () => Promise<void> } {
  const dispatcher = new Agent({ connect: { lookup: guard.lookup(resolve) }, connections: 4 });
  const ask: Ask = async (url, signal) => {
    guard.checkHost(new URL(url).hostname);
    const headers = { 'user-agent': 'jdos-release', accept: 'application/json, */*;q=0.5' };
    const { statusCode, body } = await request(url, { dispatcher, signal, headers });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
      chunks.push(bytes);
    }
    return { status: statusCode, body: Buffer.concat(chunks).toString('utf8') };
  };
  return { ask, close: () => dispatcher.destroy() };
}
