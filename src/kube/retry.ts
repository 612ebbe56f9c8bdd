/** When a request may be sent again: the server asked for it (Retry-After), or nothing can have happened yet. */

import { type Clock, sleep } from './clock.ts';
import { retryAfterSeconds } from './refusal.ts';
import type { Answer } from './transport.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** How often one request is sent again at most. */
  readonly retries: number;
  readonly signal?: AbortSignal | undefined;
}

/** As client-go: 429 and 5xx with Retry-After wait and go again; a broken connection is tried again for GET only. */
export async function withRetry<A extends Pick<Answer, 'status' | 'headers'>>(
  method: string,
  options: RetryOptions,
  send: () => Promise<A>,
): Promise<A> {
  for (let attempt = 0; ; attempt++) {
    const last = attempt >= options.retries;
    let wait = 0;
    try {
      const answer = await send();
      const seconds = retryable(answer.status) ? retryAfterSeconds(answer) : undefined;
      if (last || seconds === undefined) return answer;
      wait = seconds * 1000;
    } catch (error) {
      if (last || attempt >= 2 || method !== 'GET' || options.signal?.aborted || !connectionBroke(error)) throw error;
    }
    if (wait > 0) await sleep(options.clock, wait, options.signal);
  }
}

function retryable(status: number): boolean {
  return status === 429 || (status >= 500 && status < 600);
}

/** Was this an established connection that went away, as when a server restarts? A refused one is not tried again. */
function connectionBroke(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code !== undefined && BROKEN.has(code);
}
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_INFO']);
