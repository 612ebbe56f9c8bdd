/** `Warning` headers of an answer: bounded, and in bytes that a header may hold whatever a message quotes. */

/** Characters of all warnings of an answer; past that each is cut short, and what still does not fit is left out. */
const MOST = 4096;
const SHORT = 256;

/** The headers' values, without doubles, in order. */
export function warningHeaders(messages: readonly string[]): string[] {
  const texts = [...new Set(messages.map(printable))].filter((text) => text !== '');
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  return (total <= MOST ? texts : shortened(texts))
    .map((text) => `299 - "${text.replace(/["\\]/g, '\\$&')}"`)
    .map(bytes);
}

function shortened(texts: readonly string[]): string[] {
  let taken = 0;
  return texts
    .map((text) => text.slice(0, SHORT).toWellFormed())
    .filter((text) => {
      taken += text.length;
      return taken <= MOST;
    });
}

/** Control characters would end a header, or break one off. */
function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
}

/** One character for each byte of UTF-8: that is how Node writes headers. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
