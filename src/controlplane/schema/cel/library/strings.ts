/** Regular expressions, and strings beyond what the language has. */
import { compilePattern } from '../../structural/pattern.ts';
import type { Arguments, Library } from './library.ts';

export const STRINGS: Library = {
  functions: {
    'matches(string, string): bool': (text: string, pattern: string) => regexOf(pattern).test(text),
    'string.find(string): string': (text: string, pattern: string) => regexOf(pattern).exec(text)?.[0] ?? '',
    'string.findAll(string): list<string>': (text: string, pattern: string) => findAll(text, pattern, -1),
    'string.findAll(string, int): list<string>': (text: string, pattern: string, most: bigint) =>
      findAll(text, pattern, Number(most)),
    'string.charAt(int): string': (text: string, at: bigint) => charAt([...text], Number(at)),
    'string.replace(string, string): string': (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    'string.replace(string, string, int): string': (text: string, from: string, to: string, times: bigint) =>
      replaceSome(text, from, to, Number(times)),
    'string.format(list<dyn>): string': (text: string, values: Arguments) => format(text, values),
  },
};

export function regexOf(pattern: string): RegExp {
  const regex = compilePattern(pattern);
  if (!regex) throw new Error(`Illegal regex: ${pattern}`);
  return regex;
}

function findAll(text: string, pattern: string, most: number): string[] {
  const regex = regexOf(pattern);
  const found = [...text.matchAll(new RegExp(regex.source, `${regex.flags.replace('g', '')}g`))].map(
    (match) => match[0],
  );
  return most < 0 ? found : found.slice(0, most);
}

function charAt(signs: readonly string[], at: number): string {
  if (at < 0 || at > signs.length) throw new Error(`index out of range: ${at}`);
  return signs[at] ?? '';
}

function replaceSome(text: string, from: string, to: string, times: number): string {
  if (times < 0) return text.replaceAll(from, () => to);
  const parts = text.split(from);
  const head = parts.slice(0, times + 1).join(to);
  return [head, ...parts.slice(times + 1)].join(from);
}

function format(text: string, values: Arguments): string {
  let next = 0;
  return text.replace(
    /%(?:%|(?:\.(\d+))?([sdfeboxX]))/g,
    (all, digits: string | undefined, verb: string | undefined) => {
      if (verb === undefined) return '%';
      if (next >= values.length) throw new Error(`index ${next} out of range`);
      return formatted(values[next++], verb, digits === undefined ? 6 : Number(digits)) ?? all;
    },
  );
}

function formatted(value: Arguments[0], verb: string, digits: number): string | undefined {
  switch (verb) {
    case 's':
    case 'd':
      return shown(value);
    case 'f':
      return Number(value).toFixed(digits);
    case 'e':
      return Number(value).toExponential(digits);
    case 'b':
      return BigInt(value).toString(2);
    case 'o':
      return BigInt(value).toString(8);
    case 'x':
      return hex(value);
    default:
      return hex(value).toUpperCase();
  }
}

function hex(value: Arguments[0]): string {
  return typeof value === 'bigint' ? value.toString(16) : Buffer.from(value).toString('hex');
}

function shown(value: Arguments[0]): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z');
  return value === null ? 'null' : String(value);
}
