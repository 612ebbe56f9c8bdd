/** Short stable names for Pod templates. */
import { canonicalJson } from './canonical.ts';

/** No vowels and no look-alikes: no words arise by chance. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** FNV-1a over the canonical JSON; `collisionCount` gives the same template another name. */
export function templateHash(template: unknown, collisionCount?: number): string {
  const text = canonicalJson(template) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

/** The random end of a generated name. */
export function nameSuffix(random: () => number, length = 5): string {
  return Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('');
}

/** `base` with a random suffix, cut so that the whole is a legal name. */
export function generatedName(base: string, random: () => number): string {
  return base.slice(0, 58) + nameSuffix(random);
}
