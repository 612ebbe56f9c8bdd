/** Mirrors a collection of an API server into a sink: first its state, then every change, for as long as it lives. */

import { Backoff } from './backoff.ts';
import type { ObjectList } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { ListOptions, WatchOptions } from './request-options.ts';
import { isStatus, StatusError } from './status.ts';
import type { WatchEvent } from './watch-event.ts';
import { Watchdog } from './watchdog.ts';

/** Where the collection is read; a KubeClient with type and selectors already applied. */
export interface ReflectorSource<T> {
  list(o: ListOptions): Promise<ObjectList<T>>;
  watch(o: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

/** Told in order, one after the other: the next call comes when the last one is done. */
export interface ReflectorSink<T> {
  /** A state begins to arrive: what `transform` is given from now on is of it, until `replace`. May come again before that. */
  begin?(): void;
  /** The whole state as of now, by key; what is not in it is gone. */
  replace(objects: ReadonlyMap<string, T>): void | Promise<void>;
  apply(event: WatchEvent<T>): void;
}

export interface ReflectorOptions<T> {
  readonly clock: Clock;
  /** @default Math.random */
  readonly random?: () => number;
  /** Objects a page where the server cannot stream the list. @default 500 */
  readonly pageSize?: number;
  /** Ask for the state as a stream of events (`sendInitialEvents`) where the server can. @default true */
  readonly streaming?: boolean;
  /** Applied to each object as it arrives, before it is kept; it may change the object. */
  readonly transform?: (object: T) => T;
  /** Told of what went wrong; the reflector goes on by itself. */
  readonly onError?: (error: unknown) => void;
}

interface InitialState<T> {
  readonly objects: ReadonlyMap<string, T>;
  readonly version: string;
}

/** A server that knows streaming lists answers at once; one that ignores the wish would keep us waiting for ever. */
const STREAM_SILENCE_MS = 15_000;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Lists (streamed where possible, else in chunks), then watches from the list's version. A broken or ended watch goes on
 * from the last version seen, also after 429, 5xx and lost connections, so that no event is lost or comes twice. Only
 * when the server no longer knows that version (410), or does not know it yet, is the state read again.
 */
export class Reflector<T extends KubeObject> {
  readonly #source: ReflectorSource<T>;
  readonly #sink: ReflectorSink<T>;
  readonly #o: ReflectorOptions<T>;
  readonly #backoff: Backoff;
  readonly #random: () => number;
  #version = '';
  #heardAt = Number.NEGATIVE_INFINITY;
  #streaming: boolean;
  #failedStreams = 0;
  #silentStreams = 0;

  constructor(source: ReflectorSource<T>, sink: ReflectorSink<T>, options: ReflectorOptions<T>) {
    this.#source = source;
    this.#sink = sink;
    this.#o = options;
    this.#random = options.random ?? Math.random;
    this.#streaming = options.streaming ?? true;
    const { clock } = options;
    this.#backoff = new Backoff({
      baseMs: 800,
      maxMs: 30_000,
      jitter: 1,
      resetMs: 120_000,
      clock,
      random: this.#random,
    });
  }

  /** The version up to which the sink has been told. */
  get resourceVersion(): string {
    return this.#version;
  }

  /** When the server last told anything, be it only that nothing had changed. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const live = this.#streaming ? await this.#streamedList(signal) : await this.#pagedList(signal);
        await this.#follow(live, signal);
      } catch (error) {
        if (!signal.aborted) this.#report(error);
        await this.#pause(error, signal);
        continue;
      }
      await this.#pause(undefined, signal);
    }
  }

  /** Answers the same watch, now past the initial state; or nothing where the list was read in pages instead. */
  async #streamedList(signal: AbortSignal): Promise<AsyncIterator<WatchEvent<T>> | undefined> {
    const silence = new AbortController();
    this.#sink.begin?.();
    try {
      const events = this.#source.watch(this.#watchOptions(AbortSignal.any([signal, silence.signal]), true));
      const live = events[Symbol.asyncIterator]();
      const { objects, version } = await this.#initialState(live, silence);
      this.#failedStreams = 0;
      await this.#sink.replace(objects);
      this.#heard(version);
      return live;
    } catch (error) {
      if (signal.aborted) throw error;
      if (isVersionUnavailable(error)) this.#version = '';
      else if (cannotStream(error)) this.#streaming = false;
      else if (silence.signal.aborted) this.#streaming = ++this.#silentStreams < 3;
      else if (++this.#failedStreams < 3) throw error;
      else this.#report(error);
      return this.#pagedList(signal);
    }
  }

  async #initialState(live: AsyncIterator<WatchEvent<T>>, silence: AbortController): Promise<InitialState<T>> {
    const objects = new Map<string, T>();
    const bark = () => silence.abort(new Error('no streamed list came'));
    using watchdog = new Watchdog(this.#o.clock, STREAM_SILENCE_MS, bark);
    for (;;) {
      const { done, value: event } = await live.next();
      watchdog.feed();
      if (done) throw new Error('the streamed list ended before it was complete');
      if (event.type === 'BOOKMARK') {
        if (event.object.metadata.annotations?.[INITIAL_EVENTS_END] !== 'true') continue;
        return { objects, version: event.object.metadata.resourceVersion };
      }
      if (event.type === 'DELETED') objects.delete(keyOf(event.object));
      else objects.set(keyOf(event.object), this.#transformed(event.object));
    }
  }

  async #pagedList(signal: AbortSignal): Promise<undefined> {
    const limit = this.#o.pageSize ?? 500;
    const known: ListOptions = this.#version
      ? { resourceVersion: this.#version, resourceVersionMatch: 'NotOlderThan', signal }
      : { signal };
    try {
      await this.#readPages({ ...known, limit });
    } catch (error) {
      if (!isVersionUnavailable(error)) throw error;
      this.#version = '';
      await this.#readPages({ signal });
    }
  }

  async #readPages(first: ListOptions): Promise<void> {
    const objects = new Map<string, T>();
    this.#sink.begin?.();
    let page = await this.#source.list(first);
    for (;;) {
      for (const item of page.items) objects.set(keyOf(item), this.#transformed(item));
      if (!page.metadata.continue) break;
      page = await this.#source.list({ limit: first.limit, continue: page.metadata.continue, signal: first.signal });
    }
    await this.#sink.replace(objects);
    this.#heard(page.metadata.resourceVersion);
  }

  /** Returns when the state has to be read again. */
  async #follow(live: AsyncIterator<WatchEvent<T>> | undefined, signal: AbortSignal): Promise<void> {
    let events = live;
    while (!signal.aborted) {
      try {
        events ??= this.#source.watch(this.#watchOptions(signal, false))[Symbol.asyncIterator]();
        await this.#drain(events);
      } catch (error) {
        if (signal.aborted) return;
        if (isVersionUnavailable(error)) return this.#forget(error);
        this.#report(error);
        await this.#pause(error, signal);
      }
      events = undefined;
    }
  }

  async #drain(events: AsyncIterator<WatchEvent<T>>): Promise<void> {
    const startedAt = this.#o.clock.now();
    let count = 0;
    for await (const event of { [Symbol.asyncIterator]: () => events }) {
      count++;
      this.#take(event);
    }
    if (count === 0 && this.#o.clock.now() - startedAt < 1000) throw new Error('the server ended a watch at once');
  }

  #take(event: WatchEvent<T>): void {
    const version = event.object?.metadata?.resourceVersion;
    const known = CHANGES.has(event.type) || event.type === 'BOOKMARK';
    if (!known || !version) {
      const what = known ? `a ${event.type} event without a resourceVersion` : `an unknown event: ${event.type}`;
      this.#report(new Error(`a watch sent ${what}`));
      return;
    }
    if (event.type !== 'BOOKMARK') this.#sink.apply({ type: event.type, object: this.#transformed(event.object) });
    this.#heard(version);
  }

  #heard(version: string): void {
    this.#version = version;
    this.#heardAt = this.#o.clock.now();
  }

  #watchOptions(signal: AbortSignal, initial: boolean): WatchOptions {
    return {
      resourceVersion: this.#version,
      allowWatchBookmarks: true,
      timeoutSeconds: Math.round(300 * (1 + this.#random())),
      ...(initial && { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' as const }),
      signal,
    };
  }

  /** After 410 the next list need only be newer than what was seen; a version from the future is of no use at all. */
  #forget(error: unknown): void {
    if (!isStatus(error, 'Expired', 'Gone')) this.#version = '';
  }

  #transformed(object: T): T {
    if (!this.#o.transform) return object;
    try {
      return this.#o.transform(object);
    } catch (error) {
      this.#report(error);
      return object;
    }
  }

  /** As long as the back-off says, or as the server asked for if that is longer. */
  async #pause(error: unknown, signal: AbortSignal): Promise<void> {
    const asked = error instanceof StatusError ? (error.status.details?.retryAfterSeconds ?? 0) * 1000 : 0;
    const wait = Math.max(asked, this.#backoff.next());
    await sleep(this.#o.clock, wait, signal).catch(() => {});
  }

  #report(error: unknown): void {
    this.#o.onError?.(error);
  }
}

const CHANGES: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED']);

/**
 * The server has forgotten the version, does not know it yet (its store was put back), or cannot read on from it because
 * of an object that it can no longer decode.
 */
function isVersionUnavailable(error: unknown): boolean {
  if (!(error instanceof StatusError)) return false;
  return error.code === 410 || isTooLarge(error) || REREAD.has(error.reason ?? '');
}

const REREAD: ReadonlySet<string> = new Set(['Expired', 'Gone', 'StorageReadError']);

function isTooLarge(error: StatusError): boolean {
  const { details, message = '' } = error.status;
  if (details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge')) return true;
  return error.code === 504 && message.includes('Too large resource version');
}

/** Older servers refuse the parameters of a streaming list. */
function cannotStream(error: unknown): boolean {
  return error instanceof StatusError && [400, 405, 406, 422, 501].includes(error.code);
}
