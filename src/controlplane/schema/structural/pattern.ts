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
  const source = scopedFlags(pattern)
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\[:(\w+):\]/g, (all, name: string) => CLASSES[name] ?? all)
    .replace(/\(\?P</g, '(?<');
  for (const flags of ['u', '']) {
    try {
      return new RegExp(source, flags);
    } catch {
      // Without `u` escapes of harmless signs are allowed, as in Go.
    }
  }
  return undefined;
}

/** `(?i)x` means all that follows in its group; JavaScript wants `(?i:x)`. */
function scopedFlags(pattern: string): string {
  let result = '';
  /** For each open group: how many parentheses its end must close. */
  const closing = [0];
  for (let i = 0; i < pattern.length; i++) {
    const token = TOKEN.exec(pattern.slice(i))![0];
    i += token.length - 1;
    const flags = /^\(\?([a-zA-Z-]+)\)$/.exec(token)?.[1];
    if (flags !== undefined) {
      const kept = flags.replace(/U/g, '').replace(/-$/, '');
      result += kept === '' ? '' : `(?${kept}:`;
      if (kept !== '') closing[closing.length - 1]!++;
    } else {
      if (token === '(') closing.push(0);
      else if (token === ')') result += ')'.repeat(closing.length > 1 ? closing.pop()! : 0);
      result += token;
    }
  }
  return result + ')'.repeat(closing[0]!);
}

/** An escaped sign, a class, a group of flags, or one sign. */
const TOKEN = /^(?:\\[\s\S]|\[\^?\]?(?:\[:\w+:\]|\\[\s\S]|[^\]\\])*\]|\(\?[a-zA-Z-]+\)|[\s\S])/;
