/** Whether the copies that a decision rests on show what is, or what was. */
import type { Clock, Informer, KubeClient, KubeObject, ResourceType } from '../kube/index.ts';

/** A copy of which nothing was heard for so long is asked about before anything is written. */
export const STALE_AFTER_MS = 30_000;

/** A server that does not even end a watch of one second is given up after so long. */
const PATIENCE_MS = 10_000;

interface Watched {
  readonly type: ResourceType;
  readonly informer: Pick<Informer<KubeObject>, 'heardAt' | 'resourceVersion'>;
}

/**
 * A watch that is quiet and one that is dead look the same. So after a silence the server is asked what came after the
 * version that the copy has: nothing, and the copy is fresh; anything at all, or no answer, and it is stale.
 */
export class Freshness {
  readonly #client: Pick<KubeClient, 'watch'>;
  readonly #clock: Clock;
  readonly #watched: readonly Watched[];
  readonly #confirmed = new Map<Watched, number>();
  #asking: Promise<boolean> | undefined;

  constructor(client: Pick<KubeClient, 'watch'>, clock: Clock, watched: readonly Watched[]) {
    this.#client = client;
    this.#clock = clock;
    this.#watched = watched;
  }

  /** Never rejects. Those who ask at once share one answer. */
  isFresh(): Promise<boolean> {
    const silent = this.#watched.filter((one) => this.#silence(one) > STALE_AFTER_MS);
    if (silent.length === 0) return Promise.resolve(true);
    this.#asking ??= this.#ask(silent).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  #silence(one: Watched): number {
    return this.#clock.now() - Math.max(one.informer.heardAt, this.#confirmed.get(one) ?? Number.NEGATIVE_INFINITY);
  }

  async #ask(silent: readonly Watched[]): Promise<boolean> {
    const answers = await Promise.all(silent.map((one) => this.#isComplete(one)));
    return answers.every(Boolean);
  }

  async #isComplete(one: Watched): Promise<boolean> {
    const { informer, type } = one;
    const resourceVersion = informer.resourceVersion;
    const askedAt = this.#clock.now();
    const patience = new AbortController();
    const stop = this.#clock.after(PATIENCE_MS, () => patience.abort());
    const query = { resourceVersion, timeoutSeconds: 1, signal: patience.signal };
    try {
      for await (const event of this.#client.watch(type, query)) if (event.type !== 'BOOKMARK') return false;
    } catch {
      return false;
    } finally {
      stop();
    }
    this.#confirmed.set(one, askedAt);
    return true;
  }
}
