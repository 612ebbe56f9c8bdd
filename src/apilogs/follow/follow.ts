/**
 * Takes logs in as they grow, through every way of rotation: each round reads whatever is new in the log and in what it was
 * rotated to, as an import does, so that nothing depends on having seen the moment of a rotation. Then the store is tidied.
 *
 * A full disk is no end: nothing is read until there is space again, and the log keeps what was not read.
 */
import { type Clock, sleep, systemClock } from '../../kube/index.ts';
import { Importer, type ImporterOptions, type ImportResult } from '../import/importer.ts';
import { fileSource } from '../source/source.ts';
import { isDiskFull } from '../store/index.ts';
import type { Tidied, TidyRule } from '../tidy/index.ts';
import { logFiles, SeenFiles } from './log-files.ts';

export interface FollowOptions extends ImporterOptions {
  /** Logs, or directories of them. */
  readonly paths: readonly string[];
  /** Between two rounds. @default 10 s */
  readonly everyMs?: number;
  readonly tidy?: TidyRule;
  readonly clock?: Clock;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: FollowEvent) => void;
}

export type FollowEvent =
  | { readonly kind: 'taken'; readonly result: ImportResult; readonly tidied: Tidied }
  /** Something could not be read; it is tried again when it has changed. */
  | { readonly kind: 'trouble'; readonly error: unknown }
  /** The disk is full. Told once, until it goes on. */
  | { readonly kind: 'paused'; readonly error: unknown }
  | { readonly kind: 'resumed' };

const EVERY_MS = 10_000;

/** Until the signal; what was read by then is in the store. */
export async function follow(options: FollowOptions): Promise<void> {
  const { signal, everyMs = EVERY_MS, clock = systemClock } = options;
  const follower = new Follower(options);
  try {
    while (!signal.aborted) {
      await follower.round();
      await sleep(clock, everyMs, signal).catch(() => undefined);
    }
  } finally {
    await follower.close();
  }
}

class Follower {
  readonly #o: FollowOptions;
  readonly #seen = new SeenFiles();
  #importer: Importer | undefined;
  #paused = false;

  constructor(options: FollowOptions) {
    this.#o = options;
  }

  async round(): Promise<void> {
    try {
      this.#importer ??= await Importer.open(this.#o);
      await this.#take(this.#importer);
      if (this.#paused) this.#tell({ kind: 'resumed' });
      this.#paused = false;
    } catch (error) {
      await this.close();
      if (this.#o.signal.aborted) return;
      if (!isDiskFull(error)) throw error;
      if (!this.#paused) this.#tell({ kind: 'paused', error });
      this.#paused = true;
    }
  }

  async close(): Promise<void> {
    const importer = this.#importer;
    this.#importer = undefined;
    await importer?.[Symbol.asyncDispose]();
  }

  async #take(importer: Importer): Promise<void> {
    importer.store.checkSpace();
    const changed = this.#seen.changed(this.#o.paths.flatMap(logFiles));
    const trouble = (error: unknown) => this.#tell({ kind: 'trouble', error });
    try {
      const sources = await Promise.all(changed.map((path) => fileSource(path).catch(trouble)));
      const readable = sources.filter((source) => source !== undefined);
      const result = await importer.import(readable, { onUnreadable: trouble });
      const tidied = await importer.tidy(this.#o.tidy);
      if (result.lines > 0 || tidied.removed.files > 0) this.#tell({ kind: 'taken', result, tidied });
    } catch (error) {
      this.#seen.clear();
      throw error;
    }
  }

  #tell(event: FollowEvent): void {
    this.#o.onEvent?.(event);
  }
}
