import { readFile } from 'node:fs/promises';
import { type Clock, systemClock } from './clock.ts';

const READ_AGAIN_MS = 60_000;

/** A token that someone else renews in its file: read again every minute, and after a refusal. */
export class TokenFile {
  readonly #path: string;
  readonly #clock: Clock;
  #token: Promise<string> | undefined;
  #readAt = 0;

  constructor(path: string, clock: Clock = systemClock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** While a new read fails the token known before is used. */
  token(): Promise<string> {
    const now = this.#clock.now();
    if (this.#token && now - this.#readAt < READ_AGAIN_MS) return this.#token;
    const before = this.#token;
    const read = readFile(this.#path, 'utf8').then((text) => text.trim());
    this.#readAt = now;
    this.#token = before ? read.catch(() => before) : read;
    if (!before) read.catch(() => this.forget());
    return this.#token;
  }

  forget(): void {
    this.#token = undefined;
  }
}
