/**
 * Remembers what the local plugins said of a class of Pods and a host until the host changes. Placing a Pod changes one
 * host, so the next Pod of its class costs one evaluation and not one a host. It holds answers only, never decides.
 */
import type { NodeInfo } from './node-info.ts';
import type { NodeFilter, NodeScorer, Refusal } from './plugin.ts';
import type { PodClass } from './pod-class.ts';

/** The local plugins' view of one Pod: filters in order, and the scorers under their plugins' indexes. */
export interface LocalPlugins {
  readonly filters: readonly NodeFilter[];
  readonly scorers: readonly (NodeScorer | undefined)[];
}

export class LocalTable {
  #generations: Float64Array;
  readonly #refusals: (Refusal | undefined)[] = [];
  /** Raw scores by plugin, then by slot. */
  #scores: Int32Array[];

  constructor(scorers: number, slots: number) {
    this.#generations = new Float64Array(slots);
    this.#scores = Array.from({ length: scorers }, () => new Int32Array(slots));
  }

  get cells(): number {
    return this.#generations.length;
  }

  refusal(node: NodeInfo, plugins: LocalPlugins): Refusal | undefined {
    if (this.#generations[node.slot] !== node.generation) this.#evaluate(node, plugins);
    return this.#refusals[node.slot];
  }

  /** Raw scores by slot; only those of hosts that `refusal` has just passed hold. */
  scores(plugin: number): Int32Array {
    return this.#scores[plugin]!;
  }

  #evaluate(node: NodeInfo, { filters, scorers }: LocalPlugins): void {
    const { slot } = node;
    if (slot >= this.#generations.length) this.#grow(slot);
    const refused = firstRefusal(filters, node);
    this.#refusals[slot] = refused;
    if (!refused) {
      for (let i = 0; i < scorers.length; i++) this.#scores[i]![slot] = scorers[i]?.score(node) ?? 0;
    }
    this.#generations[slot] = node.generation;
  }

  #grow(slot: number): void {
    const length = Math.max(slot + 1, Math.ceil(this.#generations.length * 1.25));
    const generations = new Float64Array(length);
    generations.set(this.#generations);
    this.#generations = generations;
    this.#scores = this.#scores.map((scores) => {
      const grown = new Int32Array(length);
      grown.set(scores);
      return grown;
    });
  }
}

export class LocalResults {
  readonly #tables = new Map<PodClass, LocalTable>();
  readonly #scorers: number;
  readonly #cellLimit: number;

  /** Tables of the least recently used classes are dropped when all together have more cells than the limit. */
  constructor(scorers: number, cellLimit = 3_000_000) {
    this.#scorers = scorers;
    this.#cellLimit = cellLimit;
  }

  /** `slots` is how many hosts there are about. */
  of(podClass: PodClass, slots: number): LocalTable {
    let table = this.#tables.get(podClass);
    if (table) this.#tables.delete(podClass);
    else table = new LocalTable(this.#scorers, slots);
    this.#tables.set(podClass, table);
    while (this.#tables.size > 1 && this.#tables.size * table.cells > this.#cellLimit) {
      this.#tables.delete(this.#tables.keys().next().value!);
    }
    return table;
  }
}

export function firstRefusal(filters: readonly NodeFilter[], node: NodeInfo): Refusal | undefined {
  for (const filter of filters) {
    const refused = filter.refuse(node);
    if (refused) return refused;
  }
  return undefined;
}
