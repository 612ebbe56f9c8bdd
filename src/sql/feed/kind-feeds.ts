/**
 * Follows one kind of one cluster: as a whole or, where that is forbidden, in each namespace in which it may be listed.
 * What is missing then is told by the status of the whole. When the whole may be listed again it takes over.
 */
import { deleteNamespace } from '../tables/index.ts';
import { KindFeed, type KindFeedOptions } from './kind-feed.ts';
import type { TableStatus } from './message.ts';
import { removeStatus } from './status-row.ts';

export interface KindFeedsOptions extends KindFeedOptions {
  /** Where the kind may be listed, asked when the whole may not. */
  readonly namespaces: () => Promise<readonly string[]>;
  readonly onError: (error: unknown) => void;
}

export class KindFeeds {
  readonly #o: KindFeedsOptions;
  readonly #whole: KindFeed;
  readonly #parts = new Map<string, AbortController>();
  #signal: AbortSignal | undefined;
  #looking = false;

  constructor(options: KindFeedsOptions) {
    this.#o = options;
    this.#whole = new KindFeed({ ...options, onStatus: (status) => this.#take(status) });
  }

  get status(): TableStatus {
    return this.#whole.status;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await this.#whole.run(signal);
  }

  /** A forbidden list is tried again and again, so that what may be seen meanwhile is looked up as often. */
  #take(status: TableStatus): void {
    this.#o.onStatus(status);
    if (!this.#o.layout.type.namespaced) return;
    if (status.state === 'forbidden') void this.#look();
    else if (status.state === 'live') for (const name of [...this.#parts.keys()]) this.#stop(name);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const names = await this.#o.namespaces();
      if (this.#signal?.aborted || this.#whole.status.state !== 'forbidden') return;
      for (const name of [...this.#parts.keys()]) if (!names.includes(name)) this.#leave(name);
      for (const name of names) if (!this.#parts.has(name)) this.#start(name);
      this.#whole.showOnly(names);
    } catch (error) {
      this.#o.onError(error);
    } finally {
      this.#looking = false;
    }
  }

  #start(namespace: string): void {
    const stop = new AbortController();
    this.#parts.set(namespace, stop);
    const feed = new KindFeed({ ...this.#o, namespace });
    void feed.run(AbortSignal.any([this.#signal!, stop.signal]));
  }

  #stop(namespace: string): void {
    this.#parts.get(namespace)?.abort(new Error('the namespace is not followed any longer'));
    this.#parts.delete(namespace);
    this.#send([this.#forget(namespace)]);
    this.#o.onStatus({ ...this.#whole.status, namespace, state: 'disabled', gone: true });
  }

  /** Its rows go too: nobody may see them now. */
  #leave(namespace: string): void {
    this.#stop(namespace);
    const { layout, cluster } = this.#o;
    this.#send(layout.tables.map((table) => deleteNamespace(table, cluster, namespace)));
  }

  #forget(namespace: string): string {
    const { layout, cluster } = this.#o;
    return removeStatus(cluster, layout.tables[0]!.name, namespace);
  }

  #send(statements: readonly string[]): void {
    void this.#o.outlet.send({ appends: [], statements }).catch(this.#o.onError);
  }
}
