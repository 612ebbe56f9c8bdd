/** How names of JSON fields are written in CEL, where they must be identifiers and no words of the language. */

const WORDS = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return'.split(' '),
);
const SIGNS: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** `a-b` is `a__dash__b`; undefined where no way of writing it exists. */
export function celName(name: string): string | undefined {
  if (WORDS.has(name)) return `__${name}__`;
  const escaped = name.replace(/__|[./-]/g, (sign) => SIGNS[sign]!);
  return /^[A-Za-z_]\w*$/.test(escaped) ? escaped : undefined;
}
