/** Endings of names that the server makes up: no vowels and no digits that look like letters, so no words and no riddles. */

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
export const SUFFIX_LENGTH = 5;

/** @param random from 0 up to 1 */
export function nameSuffix(random: () => number): string {
  return Array.from({ length: SUFFIX_LENGTH }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
}
