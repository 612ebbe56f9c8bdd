/**
 * Chance that repeats: the same seed and the same words give the same number, whatever was asked before. So a fleet
 * behaves alike in two runs although its Pods come in another order.
 */
export type Chance = (...words: (string | number)[]) => number;

/** A source of numbers in [0, 1). */
export function chanceOf(seed: number): Chance {
  return (...words) => {
    let hash = (0x811c9dc5 ^ seed) >>> 0;
    for (const word of words) hash = stir(hash, String(word));
    return finish(hash) / 0x1_0000_0000;
  };
}

/** One of the items, each with its weight's share of the chance. */
export function pickWeighted<T>(items: readonly (readonly [T, number])[], at: number): T {
  const total = items.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[items.length - 1]![0];
}

function stir(hash: number, word: string): number {
  let h = hash;
  for (let i = 0; i < word.length; i++) h = Math.imul(h ^ word.charCodeAt(i), 0x01000193);
  return Math.imul(h ^ 0x1f, 0x01000193);
}

/** Spreads neighbouring hashes over the whole range; the stirring above leaves them close. */
function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
