/** Asking for, or doing something to, what may have gone meanwhile. */
import { isStatus } from './status.ts';

/** The server's answer; undefined when it says NotFound. Whatever else it refuses is thrown. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}
