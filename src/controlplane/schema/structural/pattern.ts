/** Patterns are written for Go's RE2; JavaScript's differ in a few signs. */

const compiled = new Map<string, RegExp | undefined>();
const MOST = 1000;

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

/** The pattern as a regular expression; undefined where it is none. */
export function compilePattern(pattern: string): RegExp | undefined {
  if (!compiled.has(pattern)) {
    if (compiled.size >= MOST) compiled.clear();
    compiled.set(pattern, compile(pattern));
  }
  return compiled.get(pattern);
}

function compile(pattern: string): RegExp | undefined {
  const flags = /^\(\?([imsU]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all)
    .replace(/\(\?P</g, '(?<');
  const kept = [...(flags?.[1] ?? '')].filter((flag) => 'ims'.includes(flag)).join('');
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(source, kept + unicode);
    } catch {
      // Without `u` escapes of harmless signs are allowed, as in Go.
    }
  }
  return undefined;
}
