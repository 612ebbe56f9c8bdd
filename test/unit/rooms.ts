/** The rooms of src/ from top to bottom, and the imports of its files, as the layering test reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';

export const ROOT = dirname(dirname(import.meta.dirname));

/**
 * Imports go down only, through a room's `index.ts` or its `vocabulary.ts`: words that are of use without the room, to the
 * console's pages for one. Rooms of one level do not import each other.
 */
export const LEVELS: readonly (readonly string[])[] = [
  ['cli'],
  ['server'],
  ['maintenance', 'inspection', 'alerts', 'events', 'graph', 'sql', 'apilogs', 'batch', 'etcd', 'tuning'],
  ['groups', 'services', 'network', 'nodes', 'scheduler'],
  ['fleet'],
  ['controlplane'],
  ['resources'],
  ['gate'],
  ['records', 'engine'],
  ['control'],
  ['kube', 'shell'],
  ['errors'],
];

export interface Import {
  /** Paths from the repository's root, with forward slashes. */
  readonly from: string;
  readonly to: string;
}

/** All files below a folder of the repository, as paths from its root. */
export function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix(relative(ROOT, join(entry.parentPath, entry.name))))
    .filter((path) => !path.includes('node_modules/'));
}

/** Relative imports of one file: static, type-only, re-exported, dynamic, and files started as workers. */
export function importsOf(path: string): Import[] {
  return specifiersIn(readFileSync(join(ROOT, path), 'utf8'))
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => ({ from: path, to: posix(normalize(join(dirname(path), specifier))) }));
}

export function specifiersIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const patterns = [
    /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^\s*import\s*['"]([^'"]+)['"]/gm,
    /\bimport\(\s*['"`]([^'"`]+)['"`]/g,
    /\bnew URL\(\s*['"]([^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

/** What is wrong with an import, in words, or undefined. */
export function fault({ from, to }: Import): string | undefined {
  const [source, target] = [roomOf(from), roomOf(to)];
  if (source === undefined || target === undefined || source === target) return;
  const [above, below] = [levelOf(source), levelOf(target)];
  if (above < 0) return `${from}: room ${source} has no level in test/unit/rooms.ts`;
  if (below < 0) return `${to}: room ${target} has no level in test/unit/rooms.ts`;
  if (above >= below) return `${from} imports ${to}: ${source} may not import ${target}, imports go down only`;
  if (to === `src/${target}/vocabulary.ts` || isFixtureOfTests(from, to, target)) return;
  if (to !== `src/${target}/index.ts`) return `${from} imports ${to}: past the index of room ${target}`;
}

/** Objects made for tests are no room's public face, but the tests of the rooms above may use them. */
function isFixtureOfTests(from: string, to: string, target: string): boolean {
  return to === `src/${target}/fixture.ts` && /(\.test|\.testing|\/fixture)\.ts$/.test(from);
}

function roomOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function levelOf(room: string): number {
  return LEVELS.findIndex((level) => level.includes(room));
}

function posix(path: string): string {
  return path.split(sep).join('/');
}
