/** Finds fields that a JSON text names twice; `JSON.parse` keeps the last one and says nothing. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Paths of the fields that come again (`metadata.name`), each once. `text` must be valid JSON. */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>();
  /** For each open bracket: the keys seen, or undefined in a list. */
  const seen: (Set<string> | undefined)[] = [];
  const path: (string | number)[] = [];
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = stringEnd(text, i);
        const keys = seen.at(-1);
        if (keys && isKey(text, end)) noteKey(textOf(text, i, end), keys, path, found);
        i = end - 1;
        break;
      }
      case 0x7b: // {
        seen.push(new Set());
        path.push('');
        break;
      case 0x5b: // [
        seen.push(undefined);
        path.push(0);
        break;
      case 0x7d:
      case 0x5d:
        seen.pop();
        path.pop();
        break;
      case 0x2c: // ,
        if (typeof path.at(-1) === 'number') (path[path.length - 1] as number)++;
    }
  }
  return [...found];
}

/** The index after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i + 1;
  }
  return text.length;
}

function isKey(text: string, after: number): boolean {
  let i = after;
  while (i < text.length && text.charCodeAt(i) <= 0x20) i++;
  return text[i] === ':';
}

function textOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

function noteKey(key: string, keys: Set<string>, path: (string | number)[], found: Set<string>): void {
  path[path.length - 1] = key;
  if (keys.has(key)) found.add(joined(path));
  keys.add(key);
}

function joined(path: readonly (string | number)[]): string {
  return path.reduce<string>((all, step) => {
    if (typeof step === 'number') return `${all}[${step}]`;
    return all ? `${all}.${step}` : step;
  }, '');
}
