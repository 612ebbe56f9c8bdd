/** Asks again and again until the answer is something, and gives it. */
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

export async function until<T>(ask: () => Promise<T | false | undefined>, what: string, ms = PATIENCE_MS): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms / 1000} s in vain for ${what}`);
    await delay(PAUSE_MS);
  }
}
