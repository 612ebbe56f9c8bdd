import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { en } from '../../console/src/words/en.ts';
import { zh } from '../../console/src/words/zh.ts';
import { filesUnder, ROOT } from './rooms.ts';

const SOURCES = filesUnder('console/src').filter((path) => /\.tsx?$/.test(path) && !path.includes('/words/'));
const TEXTS = SOURCES.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
const KEYS = Object.keys(zh);

/** What code asks words for: whole keys, and keys of which a part is put in. */
function asked(): { path: string; pattern: RegExp; key: string }[] {
  return TEXTS.flatMap(({ path, text }) =>
    [...text.matchAll(/\bt\(\s*(['"`])((?:(?!\1).)+)\1/gs)].map(([, , key = '']) => {
      const parts = key.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
      return { path, key, pattern: new RegExp(`^${parts.join('.+')}$`) };
    }),
  );
}

it('both languages have the same keys, none of them empty', () => {
  expect(Object.keys(en).toSorted()).toEqual(KEYS.toSorted());
  for (const [key, text] of [...Object.entries(zh), ...Object.entries(en)]) expect(text.trim(), key).not.toBe('');
});

it('what is put into a sentence is put into it in both languages', () => {
  const holes = (text: string) => [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].toSorted();
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) expect(holes(en[key]), key).toEqual(holes(zh[key]));
});

it('every word that the code asks for is there', () => {
  expect(asked().length).toBeGreaterThan(300);
  const missing = asked().filter(({ pattern }) => !KEYS.some((key) => pattern.test(key)));
  expect(missing.map(({ path, key }) => `${path}: ${key}`)).toEqual([]);
});

it('no Chinese and no English sentence stands in the pages themselves', () => {
  const chinese = TEXTS.flatMap(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    return /[\u4e00-\u9fff]/.test(code.replace(/'中文'/g, '')) ? [path] : [];
  });
  expect(chinese).toEqual([]);
});

it('every word is asked for by somebody', () => {
  const patterns = asked().map(({ pattern }) => pattern);
  const quoted = TEXTS.map(({ text }) => text).join('\n');
  const idle = KEYS.filter((key) => !patterns.some((pattern) => pattern.test(key)) && !quoted.includes(`'${key}'`));
  expect(idle).toEqual([]);
});
