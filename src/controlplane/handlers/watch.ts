/** GET with `watch=true`: the changes of a collection from a revision on, one JSON object a line. */
import { failure } from '../../kube/index.ts';
import { isTrue } from '../http/request-info.ts';
import type { Json } from '../registry/definition.ts';
import { groupVersion } from '../registry/registry.ts';
import type { Change, Entry } from '../storage/index.ts';
import type { Shape } from './answers.ts';
import { selected, waitForRevision } from './list.ts';
import type { ApiRequest, Sink, Stream } from './request.ts';
import { invalidOption, parseRevision } from './resource-version.ts';
import { type Selection, selectionOf } from './selection.ts';
import { shapeOf } from './shape.ts';

const BOOKMARK_MS = 60_000;
/** A watch without `timeoutSeconds` ends after 30 to 60 minutes, so that load spreads again. */
const MIN_TIMEOUT_MS = 30 * 60_000;
/** Bytes unread by the client after which it no longer gets changes as they come, but from history at its own pace. */
const MAX_BACKLOG = 512 * 1024;
/** How long a client may take nothing of what waits for it, in ms. */
const STALL_MS = 60_000;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

type EventType = Change['type'] | 'BOOKMARK' | 'ERROR';

export async function watch(request: ApiRequest): Promise<Stream> {
  const start = parseStart(request);
  const selection = selectionOf(request);
  const shape = shapeOf(request);
  if (start.initialEvents === 'requested') await waitForRevision(request.plane, start.rev);
  return {
    contentType: `${shape.form.contentType}`,
    run: (sink, signal) => new WatchRun(request, selection, shape, sink).run(start, signal),
  };
}

interface WatchStart {
  readonly rev: number;
  /** `legacy`: no revision was given, so the state comes first; `requested`: a streaming list. */
  readonly initialEvents: 'none' | 'legacy' | 'requested';
  readonly bookmarks: boolean;
  readonly timeoutMs: number;
}

function parseStart({ query, plane }: ApiRequest): WatchStart {
  const rv = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const send = query.get('sendInitialEvents');
  const field = 'resourceVersionMatch';
  if (send === null && match !== '')
    throw invalidOption(
      field,
      'Forbidden',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  if (send !== null && match === '')
    throw invalidOption(field, 'Forbidden', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (send !== null && match !== 'NotOlderThan')
    throw invalidOption(field, 'NotSupported', `Unsupported value: "${match}": supported values: "NotOlderThan"`);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const seconds = Number(query.get('timeoutSeconds') || 0);
  if (!Number.isInteger(seconds))
    throw failure(
      'BadRequest',
      `strconv.ParseInt: parsing ${JSON.stringify(query.get('timeoutSeconds'))}: invalid syntax`,
    );
  const timeoutMs = seconds > 0 ? seconds * 1000 : MIN_TIMEOUT_MS * (1 + plane.random());
  const asked = parseRevision(rv);
  // Who wants nothing of what is there begins with what comes.
  const rev = asked === 0 && send !== null && !isTrue(send) ? plane.store.revision : asked;
  const legacy = send === null && rev === 0;
  return { rev, initialEvents: isTrue(send) ? 'requested' : legacy ? 'legacy' : 'none', bookmarks, timeoutMs };
}

/** One watch while it lasts. */
class WatchRun {
  readonly #request: ApiRequest;
  readonly #selection: Selection;
  readonly #shape: Shape;
  readonly #sink: Sink;
  readonly #end = Promise.withResolvers<void>();
  #first = true;
  #over = false;
  /** Has everything up to the store's revision been sent? */
  #live = false;
  /** The revision up to which the client knows everything in its sight. */
  #sent = 0;

  constructor(request: ApiRequest, selection: Selection, shape: Shape, sink: Sink) {
    this.#request = request;
    this.#selection = selection;
    this.#shape = shape;
    this.#sink = sink;
  }

  async run(start: WatchStart, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#finish(), { once: true });
    if (signal.aborted) return;
    this.#sent = start.rev;
    const { clock } = this.#request.plane;
    const cancelTimeout = clock.after(start.timeoutMs, () => {
      if (start.bookmarks) this.#bookmarkIfLive();
      this.#finish();
    });
    const stopBookmarks = start.bookmarks ? this.#everyMinute() : () => {};
    try {
      if (start.initialEvents !== 'none') await this.#sendState(start);
      while (!this.#over) {
        await this.#sendHistory();
        if (!this.#over) await this.#sendLive();
      }
    } finally {
      cancelTimeout();
      stopBookmarks();
    }
  }

  #finish(): void {
    this.#over = true;
    this.#end.resolve();
  }

  /** Sends changes as they come, until the end or until the client lags behind. */
  async #sendLive(): Promise<void> {
    const lagging = Promise.withResolvers<void>();
    this.#live = true;
    const take = (change: Change): void => {
      // A client may know a revision that is yet to come: it gets what is newer than that.
      if (!this.#live || this.#over || change.rev <= this.#sent) return;
      this.#onChange(change);
      this.#sent = change.rev;
      if (this.#sink.backlog <= MAX_BACKLOG) return;
      this.#live = false;
      lagging.resolve();
    };
    const { collection } = this.#request;
    const unsubscribe = collection.subscribe((change) => {
      // An object that cannot be shown ends this watch, and nobody else's.
      try {
        take(change);
      } catch (error) {
        lagging.reject(error);
      }
    });
    try {
      for (const change of collection.history.after(this.#sent)) take(change);
      await Promise.race([this.#end.promise, lagging.promise]);
    } finally {
      this.#live = false;
      unsubscribe();
    }
  }

  /** Waits until the client has taken what was sent; one that takes nothing for long is dropped. */
  async #drained(): Promise<void> {
    const cancel = this.#request.plane.clock.after(STALL_MS, () => {
      this.#sink.abandon();
      this.#finish();
    });
    await Promise.race([this.#sink.drained(), this.#end.promise]);
    cancel();
  }

  /** Sends every object there is as ADDED, at the client's pace. */
  async #sendState(start: WatchStart): Promise<void> {
    const rev = this.#request.plane.store.revision;
    for (const entry of selected(this.#request, this.#selection)) {
      if (this.#over) return;
      this.#send('ADDED', entry);
      if (this.#sink.backlog > MAX_BACKLOG) await this.#drained();
    }
    if (start.initialEvents === 'requested' && start.bookmarks) this.#bookmark(rev, true);
    this.#sent = rev;
  }

  /** Sends the changes since, at the client's pace. Ends the watch when they are no longer known. */
  async #sendHistory(): Promise<void> {
    const { history } = this.#request.collection;
    for (;;) {
      if (this.#sink.backlog > MAX_BACKLOG) await this.#drained();
      if (this.#over) return;
      if (this.#sent < history.compacted) return this.#expire(history.compacted);
      for (const change of history.after(this.#sent)) {
        this.#onChange(change);
        this.#sent = change.rev;
        if (this.#sink.backlog > MAX_BACKLOG) break;
      }
      if (this.#sink.backlog <= MAX_BACKLOG) return;
    }
  }

  #expire(compacted: number): void {
    this.#sendObject('ERROR', failure('Expired', `too old resource version: ${this.#sent} (${compacted})`).status);
    this.#finish();
  }

  /** With selectors, an object that comes into sight is ADDED and one that leaves it DELETED. */
  #onChange(change: Change): void {
    const now = change.type !== 'DELETED' && this.#selection.matches(change.entry);
    const before = change.previous !== undefined && this.#selection.matches(change.previous);
    if (now) this.#send(before ? 'MODIFIED' : 'ADDED', change.entry);
    else if (before && change.type === 'DELETED') this.#send('DELETED', change.entry);
    else if (before) this.#sendParsed('DELETED', departed(change));
  }

  #send(type: EventType, entry: Entry): void {
    if (this.#shape.verbatim) this.#emit(encoded(type, entry));
    else this.#sendParsed(type, entry.parse());
  }

  #sendParsed(type: EventType, object: Json): void {
    this.#sendObject(type, this.#shape.eventObject(object, this.#first));
    this.#first = false;
  }

  #sendObject(type: EventType, object: Json): void {
    this.#emit(Buffer.from(`${JSON.stringify({ type, object })}\n`));
  }

  #emit(chunk: Buffer): void {
    this.#sink.write(chunk);
  }

  #bookmark(rev: number, initialEventsEnd = false): void {
    const { definition } = this.#request;
    const metadata = {
      resourceVersion: String(rev),
      ...(initialEventsEnd && { annotations: { [INITIAL_EVENTS_END]: 'true' } }),
    };
    const table = this.#shape.form.kind === 'Table';
    if (table) this.#sendObject('BOOKMARK', { ...this.#shape.table([], metadata, this.#first), metadata });
    else if (this.#shape.form.kind === 'PartialObjectMetadata')
      this.#sendObject('BOOKMARK', { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata });
    else this.#sendObject('BOOKMARK', { kind: definition.kind, apiVersion: groupVersion(definition), metadata });
    if (table) this.#first = false;
  }

  /** While history is being sent, a bookmark at the newest revision would claim too much. */
  #bookmarkIfLive(): void {
    const { revision } = this.#request.plane.store;
    if (this.#live && revision >= this.#sent) this.#bookmark(revision);
  }

  #everyMinute(): () => void {
    const { clock } = this.#request.plane;
    const tick = (): void => {
      this.#bookmarkIfLive();
      cancel = clock.after(BOOKMARK_MS, tick);
    };
    let cancel = clock.after(BOOKMARK_MS, tick);
    return () => cancel();
  }
}

/** The last state in sight of an object that a selector no longer matches, at the revision of the change. */
function departed({ previous, rev }: Change): Json {
  const object = previous!.parse();
  object.metadata.resourceVersion = String(rev);
  return object;
}

let lastLine: { entry: Entry; type: EventType; line: Buffer } | undefined;

/** An event's line. All watchers get a change in one go, so remembering the last line writes it once for all of them. */
function encoded(type: EventType, entry: Entry): Buffer {
  if (lastLine?.entry !== entry || lastLine.type !== type) {
    const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), entry.json, Buffer.from('}\n')]);
    lastLine = { entry, type, line };
  }
  return lastLine.line;
}
