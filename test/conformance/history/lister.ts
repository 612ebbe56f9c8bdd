/** A client that lists, in chunks or whole, and notes what it got as one snapshot. */
import type { Random } from './random.ts';
import type { Kind, Listing, Meta } from './record.ts';
import { SELECTORS } from './selectors.ts';
import type { Wire } from './wire.ts';
import { collectionPath, KINDS, NAMESPACES, type World } from './world.ts';

export interface ListRequest {
  readonly kind: Kind;
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  /** Objects a page; 0: all at once. */
  readonly limit?: number;
  readonly query?: Readonly<Record<string, string>>;
}

export class Lister {
  readonly #world: World;
  readonly #random: Random;
  readonly #name: string;
  readonly #wire: Wire;

  constructor(world: World, random: Random, name: string) {
    this.#world = world;
    this.#random = random;
    this.#name = name;
    this.#wire = world.wire();
  }

  async run(): Promise<void> {
    const random = this.#random;
    while (this.#world.busy) {
      if (!this.#world.plane.ready) {
        await this.#world.breathe();
        continue;
      }
      const listing = await this.#tryList({
        kind: random.pick(KINDS),
        namespace: random.pick([undefined, ...NAMESPACES]),
        labels: random.pick([undefined, undefined, ...Object.keys(SELECTORS)]),
        limit: random.pick([0, 1, 2, 3, 7]),
      });
      if (listing) this.#world.history.listings.push(listing);
      await this.#world.breathe(random.below(4));
    }
    this.#wire.cut();
  }

  async #tryList(request: ListRequest): Promise<Listing | undefined> {
    try {
      const pause = () => (this.#random.chance(0.3) ? this.#world.breathe(this.#random.below(20)) : undefined);
      return await listAll(this.#world, this.#wire, this.#name, request, pause);
    } catch {
      this.#wire.cut();
      return undefined;
    }
  }
}

/** All pages of a list; undefined when the server says that its snapshot is gone. */
export async function listAll(
  world: World,
  wire: Wire,
  client: string,
  { kind, namespace, labels, limit = 0, query = {} }: ListRequest,
  pause: () => Promise<void> | undefined = () => undefined,
): Promise<Listing | undefined> {
  const began = world.tick();
  const items: Meta[] = [];
  const revs = new Set<string>();
  const params = new URLSearchParams({ ...query, ...(labels && { labelSelector: labels }), limit: String(limit) });
  let pages = 0;
  for (;;) {
    const { status, body } = await wire.request('GET', `${collectionPath(kind, namespace)}?${params}`);
    if (status === 410) return undefined;
    if (status !== 200) {
      world.history.oddities.push(
        `${client}: the list ${params} of ${kind.name} was answered ${status}: ${body?.message}`,
      );
      throw new Error('no list');
    }
    pages++;
    items.push(...body.items.map((item: { metadata: Meta }) => item.metadata));
    revs.add(body.metadata.resourceVersion);
    if (!body.metadata.continue) break;
    params.set('continue', body.metadata.continue);
    await pause();
  }
  if (revs.size > 1) world.history.oddities.push(`${client}: pages of one list of ${kind.name} at ${[...revs]}`);
  const newest = query.resourceVersion === undefined;
  return { client, kind: kind.name, namespace, labels, began, newest, rev: Number([...revs][0]), pages, items };
}
