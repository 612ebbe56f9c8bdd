/** A collection with a history, as an API server keeps it, for tests: changes, cuts, compaction and faults on command. */

import type { ObjectList } from './client.ts';
import { type KubeObject, keyOf } from './object.ts';
import type { ReflectorSource } from './reflector.ts';
import type { ListOptions, WatchOptions } from './request-options.ts';
import { failure, StatusError } from './status.ts';
import type { WatchEvent } from './watch-event.ts';

export interface StubRequest extends ListOptions, WatchOptions {
  verb: 'list' | 'watch';
}

export class StubCollection implements ReflectorSource<KubeObject> {
  version = 0;
  readonly objects = new Map<string, KubeObject>();
  readonly requests: StubRequest[] = [];
  /** Thrown by the next requests, one each. */
  readonly faults: { list: Error[]; watch: Error[] } = { list: [], watch: [] };
  /** Does it know `sendInitialEvents`? */
  streaming = true;
  #history: { version: number; event: WatchEvent<KubeObject> }[] = [];
  #compacted = 0;
  readonly #watchers = new Set<Watcher>();
  #snapshots = new Map<string, { items: KubeObject[]; version: number }>();
  #uids = 0;

  get watching(): number {
    return this.#watchers.size;
  }

  put(name: string, labels: Record<string, string> = {}): KubeObject {
    const known = this.objects.get(name);
    const uid = known?.metadata.uid ?? `uid-${++this.#uids}`;
    const object = stubObject(name, String(++this.version), uid, labels);
    this.objects.set(name, object);
    this.#publish({ type: known ? 'MODIFIED' : 'ADDED', object });
    return object;
  }

  remove(name: string): void {
    const known = this.objects.get(name);
    if (!known) return;
    this.objects.delete(name);
    const object = { ...known, metadata: { ...known.metadata, resourceVersion: String(++this.version) } };
    this.#publish({ type: 'DELETED', object });
  }

  bookmark(): void {
    this.send({ type: 'BOOKMARK', object: stubObject('', String(this.version), '', {}) });
  }

  /** To every watcher, past the history. */
  send(event: WatchEvent<KubeObject>): void {
    for (const watcher of this.#watchers) watcher.push(event);
  }

  /** Ends every watch, with an error or as a server does when its time is up. */
  cut(error?: Error): void {
    for (const watcher of [...this.#watchers]) watcher.end(error);
  }

  /** Forgets the history: versions before now are 410 from here on. */
  compact(): void {
    this.#compacted = this.version;
    this.#history = [];
    this.#snapshots.clear();
  }

  async list(o: ListOptions): Promise<ObjectList<KubeObject>> {
    this.requests.push({ verb: 'list', ...o });
    const fault = this.faults.list.shift();
    if (fault) throw fault;
    if (o.resourceVersion && Number(o.resourceVersion) > this.version) throw tooLarge(this.version);
    const snapshot = o.continue ? this.#snapshots.get(o.continue.split('@')[0]!) : this.#snapshot();
    if (!snapshot) throw failure('Expired', 'the continue token is too old');
    const from = o.continue ? Number(o.continue.split('@')[1]) : 0;
    const to = o.limit ? from + o.limit : snapshot.items.length;
    const token = to < snapshot.items.length ? { continue: `${snapshot.version}@${to}` } : {};
    return { items: snapshot.items.slice(from, to), metadata: { resourceVersion: `${snapshot.version}`, ...token } };
  }

  async *watch(o: WatchOptions): AsyncGenerator<WatchEvent<KubeObject>> {
    this.requests.push({ verb: 'watch', ...o });
    const fault = this.faults.watch.shift();
    if (fault) throw fault;
    if (o.sendInitialEvents && !this.streaming) throw failure('Invalid', 'sendInitialEvents: Forbidden');
    const from = Number(o.resourceVersion || 0);
    if (from > this.version) throw tooLarge(this.version);
    if (!o.sendInitialEvents && from < this.#compacted) throw failure('Expired', `too old resource version: ${from}`);
    const watcher = new Watcher();
    for (const event of this.#backlog(o, from)) watcher.push(event);
    this.#watchers.add(watcher);
    const abort = () => watcher.end(o.signal?.reason as Error);
    o.signal?.addEventListener('abort', abort, { once: true });
    try {
      yield* watcher.events();
    } finally {
      this.#watchers.delete(watcher);
      o.signal?.removeEventListener('abort', abort);
    }
  }

  #backlog(o: WatchOptions, from: number): WatchEvent<KubeObject>[] {
    if (!o.sendInitialEvents) return this.#history.filter((entry) => entry.version > from).map((entry) => entry.event);
    const end = stubObject('', String(this.version), '', {});
    end.metadata.annotations = { 'k8s.io/initial-events-end': 'true' };
    const initial = [...this.objects.values()].map((object) => ({ type: 'ADDED' as const, object }));
    return [...initial, { type: 'BOOKMARK', object: end }];
  }

  #snapshot() {
    const items = [...this.objects.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const snapshot = { items, version: this.version };
    this.#snapshots.set(String(this.version), snapshot);
    return snapshot;
  }

  #publish(event: WatchEvent<KubeObject>): void {
    this.#history.push({ version: this.version, event });
    this.send(event);
  }
}

export function stubObject(name: string, version: string, uid: string, labels: Record<string, string>): KubeObject {
  const metadata = { name, uid, resourceVersion: version, creationTimestamp: '2026-01-01T00:00:00Z', labels };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

export function tooLarge(current: number): StatusError {
  const { status } = failure('Timeout', `Too large resource version, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
  return new StatusError(status);
}

class Watcher {
  #queue: WatchEvent<KubeObject>[] = [];
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  push(event: WatchEvent<KubeObject>): void {
    if (!this.#ended) this.#queue.push(event);
    this.#wake?.();
  }

  end(error?: Error): void {
    this.#ended = true;
    this.#error = error;
    this.#wake?.();
  }

  async *events(): AsyncGenerator<WatchEvent<KubeObject>> {
    for (;;) {
      const event = this.#queue.shift();
      if (event) yield event;
      else if (this.#error) throw this.#error;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
