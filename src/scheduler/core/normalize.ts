/** Brings raw scores to 0..100. All amounts are whole numbers, as in Go's int64 arithmetic. */
import { MAX_SCORE } from './plugin.ts';

/** In proportion to the highest; reversed, the lowest becomes the best. With nothing above zero reversed means all 100. */
export function normalizeByMax(scores: Float64Array, reverse = false): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    if (reverse) scores.fill(MAX_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.trunc((MAX_SCORE * scores[i]!) / max);
    scores[i] = reverse ? MAX_SCORE - scaled : scaled;
  }
}

/** The lowest becomes 0 and the highest 100; where all are equal, all become 0. */
export function normalizeByRange(scores: Float64Array): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < min) min = score;
    if (score > max) max = score;
  }
  const range = max - min;
  for (let i = 0; i < scores.length; i++) {
    scores[i] = range > 0 ? Math.trunc(MAX_SCORE * ((scores[i]! - min) / range)) : 0;
  }
}

/** floor(100 * part / whole), exact for whole numbers of any size; callers see to `whole` > 0. */
export function percent(part: number, whole: number): number {
  const product = part * MAX_SCORE;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / whole);
  return Number((BigInt(part) * BigInt(MAX_SCORE)) / BigInt(whole));
}
