/** Whether the documents of a kind's objects are kept: `spec` and `status` of very many would fill the engine's memory. */
import { clearDocuments, type Edition, type Layout } from '../tables/index.ts';

/** Of more objects than that they are not kept. */
const MOST_DOCUMENTS = 100_000;

export class Documents {
  readonly #layout: Layout;
  readonly #cluster: string;
  readonly #most: number;
  #bare = false;

  constructor(layout: Layout, cluster: string, most = MOST_DOCUMENTS) {
    this.#layout = layout;
    this.#cluster = cluster;
    this.#most = most;
  }

  get bare(): boolean {
    return this.#bare;
  }

  /** Why they are not kept; undefined where they are. */
  get reason(): string | undefined {
    return this.#bare ? `spec and status are not kept of more than ${this.#most} objects` : undefined;
  }

  /** A list begins to arrive, of so many objects as far as that is known. */
  expect(count: number): void {
    this.#bare = this.#layout.documents && count > this.#most;
  }

  /** There are so many objects now. What has been kept is taken away by these statements. */
  limit(count: number, edition: Edition): string[] {
    if (!this.#layout.documents || this.#bare || count <= this.#most) return [];
    this.#bare = true;
    return [clearDocuments(this.#layout, edition, this.#cluster)];
  }
}
